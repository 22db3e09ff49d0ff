internal import Addressing
internal import Manifests

/// An address of a tenant belongs to one of its networks.
struct OverlappingNetworksRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        let all = tenant.cvlans.flatMap { network -> [(network: String, cidr: Located<IPPrefix>)] in
            guard case .cidrs(let cidrs) = network.range else { return [] }
            return cidrs.map { (network.name, $0) }
        }
        // Prefixes overlap only by one holding the other, which then comes first.
        let sorted = all.sorted { ($0.cidr.value, $0.network) < ($1.cidr.value, $1.network) }
        var holders: [(network: String, cidr: Located<IPPrefix>)] = []
        for entry in sorted {
            while let last = holders.last, !last.cidr.value.contains(entry.cidr.value) { holders.removeLast() }
            if let holder = holders.last(where: { $0.network != entry.network }) {
                report.add(
                    .overlappingNetworks, at: entry.cidr.span,
                    "`\(entry.cidr)` of `\(entry.network)` overlaps `\(holder.cidr)` of `\(holder.network)`, "
                        + "at \(holder.cidr.span)",
                    related: [Finding.Related(holder.cidr.span, "`\(holder.cidr)` of `\(holder.network)`")])
            }
            holders.append(entry)
        }
    }
}
