internal import Addressing
internal import Manifests

/// The tenant's pools have room for its `auto` networks, next to the networks with prefixes of their own.
struct AutoRangeRule: Rule {
    private struct Demand {
        let network: String
        let length: Located<Int>
    }

    func check(_ tenant: TenantView, _ report: inout Report) {
        for family in [IPFamily.v4, .v6] {
            let demands = tenant.cvlans.compactMap { demand(of: $0, family) }
            guard !demands.isEmpty else { continue }
            let pools = tenant.tenant.addressPools.filter { $0.value.family == family }
            let taken = tenant.cvlans.flatMap { network -> [IPPrefix] in
                guard case .cidrs(let cidrs) = network.range else { return [] }
                return cidrs.map(\.value)
            }
            var free = FreeBlocks(pools: pools.map(\.value), without: taken.filter { $0.family == family })
            // The largest first: if even this order leaves one over, every order does.
            for demand in demands.sorted(by: { ($0.length.value, $0.network) < ($1.length.value, $1.network) })
            where !free.take(length: demand.length.value) {
                let reason =
                    pools.isEmpty
                    ? "no IPv\(family.rawValue) pool" : "no room for it in its IPv\(family.rawValue) pools"
                report.add(
                    .unplaceableNetwork, at: demand.length.span,
                    "`\(demand.network)` wants a /\(demand.length), but the tenant has \(reason): add one to `addressPools`",
                    related: pools.prefix(1).map { Finding.Related($0.span, "the pools") })
            }
        }
    }

    private func demand(of network: CVLAN, _ family: IPFamily) -> Demand? {
        guard case .auto(let v4, let v6) = network.range, let length = family == .v4 ? v4 : v6 else { return nil }
        return Demand(network: network.name, length: length)
    }
}
