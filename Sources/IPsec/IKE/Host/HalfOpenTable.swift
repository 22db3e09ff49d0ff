internal import Addressing

/// IKE SAs that were answered and not authenticated: how many there are, from where, and to which IKE_SA_INIT each belongs.
///
/// The host keeps its count below its settings', and so the memory that strangers can take.
struct HalfOpenTable {
    /// Who sent an IKE_SA_INIT. A repeated one has the same.
    struct Origin: Hashable {
        let initiatorSPI: UInt64
        let source: Endpoint
    }

    private var ids: [Origin: UInt64] = [:]
    private var counts: [IPAddress: Int] = [:]

    var count: Int { ids.count }

    subscript(origin: Origin) -> UInt64? { ids[origin] }

    func count(from source: Endpoint) -> Int { counts[Self.key(source)] ?? 0 }

    mutating func insert(_ id: UInt64, _ origin: Origin) {
        guard ids.updateValue(id, forKey: origin) == nil else { return }
        counts[Self.key(origin.source), default: 0] += 1
    }

    mutating func remove(_ origin: Origin) {
        guard ids.removeValue(forKey: origin) != nil else { return }
        let key = Self.key(origin.source)
        let left = (counts[key] ?? 1) - 1
        counts[key] = left > 0 ? left : nil
    }

    /// An IPv6 host has a /64 to itself.
    private static func key(_ source: Endpoint) -> IPAddress {
        let address = source.address
        return address.family == .v4 ? address : IPAddress(v6: address.value & ~UInt128(UInt64.max))
    }
}
