internal import Addressing
internal import Manifests
internal import OverlayNetwork

/// A network is given more addresses before it runs out of them.
struct NetworkRoomRule: Rule {
    /// Networks of fewer addresses are made for machines that are known beforehand.
    private static let fewest: UInt128 = 8

    func check(_ tenant: TenantView, _ report: inout Report) {
        for network in tenant.cvlans {
            guard let members = tenant.members[network.name] else { continue }
            for family in [IPFamily.v4, .v6] {
                guard let room = Room(of: network, family), room.addresses >= Self.fewest,
                    // Each takes one at least: of most networks that is all that there is to know.
                    room.addresses < UInt128(members.count) * 4
                else { continue }
                let used = members.reduce(UInt128(0)) { used, member in
                    let fixed = tenant.liveNodes[member.node].networks[member.membership].addresses.map(\.value)
                        .filter { $0.family == family }
                    // What is fixed among the reserved takes nothing from the others.
                    return used + (fixed.isEmpty ? 1 : UInt128(fixed.count { room.contains($0) }))
                }
                guard used * 10 > room.addresses * 9 else { continue }
                let left = room.addresses > used ? "\(room.addresses - used)" : "none"
                report.add(
                    .networkNearlyFull, at: room.span,
                    "`\(network.name)` has \(left) of its \(room.addresses) IPv\(family.rawValue) addresses left for "
                        + "nodes to come: add a prefix to it")
            }
        }
    }
}

/// The addresses of one family that a network has for nodes without fixed ones.
private struct Room {
    let span: SourceSpan
    let addresses: UInt128
    private let reserved: [AddressRange]

    init?(of network: CVLAN, _ family: IPFamily) {
        let cidrs: [IPPrefix]
        switch network.range {
        case .cidrs(let all):
            guard let first = all.first(where: { $0.value.family == family }) else { return nil }
            span = first.span
            cidrs = all.map(\.value).filter { $0.family == family }
        case .auto(let v4, let v6):
            // Which block it will be does not matter for its size.
            guard let length = family == .v4 ? v4 : v6,
                let prefix = IPPrefix(IPAddress(family: family, value: 0), length: length.value)
            else { return nil }
            span = length.span
            cidrs = [prefix]
        }
        let hosts = cidrs.map(UsableAddresses.hosts)
        let reserved = Self.merged(network.reserved.map(\.value).filter { $0.family == family })
        let taken = hosts.reduce(UInt128(0)) { sum, range in
            reserved.reduce(sum) { $0 + Self.overlap($1, range) }
        }
        self.reserved = reserved
        // The whole of IPv6 has one more than fits, and is no network of anyone.
        addresses = hosts.reduce(0) { $0 + ($1.last.value - $1.first.value) + 1 } - taken
    }

    func contains(_ address: IPAddress) -> Bool { !reserved.contains { $0.contains(address) } }

    private static func overlap(_ a: AddressRange, _ b: AddressRange) -> UInt128 {
        let first = max(a.first.value, b.first.value)
        let last = min(a.last.value, b.last.value)
        return first <= last ? last - first + 1 : 0
    }

    private static func merged(_ ranges: [AddressRange]) -> [AddressRange] {
        var result: [AddressRange] = []
        for range in ranges.sorted(by: { $0.first < $1.first }) {
            if let last = result.last, range.first <= last.last {
                result[result.count - 1] = AddressRange(last.first, through: max(last.last, range.last)) ?? last
            } else {
                result.append(range)
            }
        }
        return result
    }
}
