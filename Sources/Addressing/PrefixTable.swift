/// Longest-prefix match: which owner holds an address most specifically. Both families; an owner is a small number of the
/// caller's.
///
/// Each family is a binary trie without one-way branches, in one array: a lookup takes no more steps than there are prefixes
/// nested or branching on the way, an insertion the same, and the removal of an owner is proportional to what it owns.
package struct PrefixTable: Sendable {
    package typealias Owner = UInt32

    private var v4 = PrefixTrie<UInt32>()
    private var v6 = PrefixTrie<UInt128>()

    package init() {}

    /// How many prefixes are in the table.
    package var count: Int { v4.count + v6.count }
    package var isEmpty: Bool { count == 0 }

    @inline(__always)
    package func lookup(_ address: IPAddress) -> Owner? {
        switch address.family {
        case .v4: v4.lookup(UInt32(truncatingIfNeeded: address.value))
        case .v6: v6.lookup(address.value)
        }
    }

    /// As above, with the length of the prefix, for comparing tables.
    package func match(_ address: IPAddress) -> (owner: Owner, length: Int)? {
        switch address.family {
        case .v4: v4.match(UInt32(truncatingIfNeeded: address.value))
        case .v6: v6.match(address.value)
        }
    }

    /// Host byte order.
    package func lookup(v4 address: UInt32) -> Owner? { v4.lookup(address) }
    package func lookup(v6 address: UInt128) -> Owner? { v6.lookup(address) }

    /// The owner of exactly this prefix; host bits do not count.
    package func owner(of prefix: IPPrefix) -> Owner? {
        let address = prefix.address.value
        switch prefix.family {
        case .v4: return v4.owner(UInt32(truncatingIfNeeded: address), prefix.length)
        case .v6: return v6.owner(address, prefix.length)
        }
    }

    /// Gives the prefix to an owner and returns whose it was. Host bits are cleared.
    @discardableResult
    package mutating func insert(_ prefix: IPPrefix, owner: Owner) -> Owner? {
        let address = prefix.address.value
        switch prefix.family {
        case .v4: return v4.insert(UInt32(truncatingIfNeeded: address), prefix.length, owner)
        case .v6: return v6.insert(address, prefix.length, owner)
        }
    }

    /// Removes exactly this prefix and returns whose it was.
    @discardableResult
    package mutating func remove(_ prefix: IPPrefix) -> Owner? {
        let address = prefix.address.value
        switch prefix.family {
        case .v4: return v4.remove(UInt32(truncatingIfNeeded: address), prefix.length)
        case .v6: return v6.remove(address, prefix.length)
        }
    }

    /// Removes all that an owner has.
    package mutating func removeAll(of owner: Owner) {
        v4.removeAll(of: owner)
        v6.removeAll(of: owner)
    }

    package mutating func removeAll() {
        self = PrefixTable()
    }

    /// What an owner has, in no particular order.
    package func prefixes(of owner: Owner) -> [IPPrefix] {
        v4.prefixes(of: owner).map { IPPrefix(unchecked: IPAddress(v4: $0.key), length: $0.length) }
            + v6.prefixes(of: owner).map { IPPrefix(unchecked: IPAddress(v6: $0.key), length: $0.length) }
    }
}
