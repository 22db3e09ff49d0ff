internal import Addressing

/// Which addresses of a connection's pool are whose. A peer that comes again gets what it had, unless others needed it meanwhile.
///
/// As large as the sessions of the connection are many, and those remembered.
struct AddressBook {
    private var pool: AddressPool?
    private var owners: [IPAddress: Identity] = [:]
    private var given: [Identity: [IPAddress]] = [:]
    /// How many sessions use what an identity was given; none: only remembered.
    private var uses: [Identity: Int] = [:]
    /// Of each prefix: where to look next.
    private var next: [IPPrefix: IPAddress] = [:]

    /// Looking for a free address goes no further than this many at a time.
    private static let maximumSearch = 65_536

    init(_ pool: AddressPool?) {
        self.pool = pool
    }

    mutating func change(_ pool: AddressPool?) {
        guard pool?.prefixes != self.pool?.prefixes || pool?.reserved != self.pool?.reserved else {
            self.pool = pool
            return
        }
        self = AddressBook(pool)
    }

    /// An address of each family that is asked for and that the pool has; empty where none is left.
    mutating func take(for peer: Identity, _ families: Set<IPFamily>) -> [IPAddress] {
        guard let pool else { return [] }
        var addresses = given[peer] ?? []
        for family in families.sorted() where !addresses.contains(where: { $0.family == family }) {
            for prefix in pool.prefixes where prefix.family == family {
                guard let address = free(in: prefix, pool) else { continue }
                owners[address] = peer
                addresses.append(address)
                break
            }
        }
        addresses.removeAll { !families.contains($0.family) }
        guard !addresses.isEmpty else { return [] }
        given[peer] = addresses
        uses[peer, default: 0] += 1
        return addresses
    }

    /// A session of the peer's is over.
    mutating func release(_ peer: Identity) {
        guard let count = uses[peer] else { return }
        uses[peer] = count > 1 ? count - 1 : nil
    }

    private mutating func free(in prefix: IPPrefix, _ pool: AddressPool) -> IPAddress? {
        // The first address names the network, the last of IPv4 is for broadcast, where there is room for such.
        let isWide = prefix.family.bitWidth - prefix.length > 1
        let first = isWide ? prefix.firstAddress.next ?? prefix.firstAddress : prefix.firstAddress
        let start = next[prefix] ?? first
        var candidate = start
        for _ in 0..<Self.maximumSearch {
            let isLast = candidate == prefix.lastAddress
            let isBroadcast = isWide && isLast && prefix.family == .v4
            if !isBroadcast, !pool.reserved.contains(candidate), claim(candidate) {
                next[prefix] = isLast ? first : candidate.next ?? first
                return candidate
            }
            candidate = isLast ? first : candidate.next ?? first
            if candidate == start { return nil }
        }
        return nil
    }

    /// Whether nobody has it, or only somebody who is not there.
    private mutating func claim(_ address: IPAddress) -> Bool {
        guard let owner = owners[address] else { return true }
        guard uses[owner] == nil else { return false }
        for other in given.removeValue(forKey: owner) ?? [] { owners[other] = nil }
        return true
    }
}
