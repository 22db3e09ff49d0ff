/// Cuts the members of a network into groups such that a join or a leave changes one group.
enum Buckets {
    /// A power of two, so that growth splits groups and does not mix them anew: about 16 members in each.
    static func count(for members: Int) -> Int {
        var count = 1
        while count * 16 < members { count *= 2 }
        return count
    }

    /// The items in as many groups as their number asks for, in order within each. Some may be empty.
    static func split<T>(_ items: [T], by name: (T) -> String) -> [[T]] {
        let count = count(for: items.count)
        var groups = [[T]](repeating: [], count: count)
        for item in items {
            groups[Int(truncatingIfNeeded: hash(name(item)) & UInt64(count - 1))].append(item)
        }
        return groups
    }

    /// FNV-1a, 64 bits: stable across machines and versions, unlike `Hasher`.
    static func hash(_ name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
