internal import Addressing

/// Which address sets an address is in, for all sets of a policy at once.
///
/// The boundaries of all prefixes cut each family's addresses into ranges; within a range every address is in the same
/// sets. Ranges with the same sets share a class, so that an address costs one binary search whatever the number of sets.
struct AddressClasses: Sendable {
    /// The first address of each range, ascending from 0, and the range's class.
    private var startsV4: [UInt32] = [0]
    private var classesV4: [UInt32] = [0]
    private var startsV6: [UInt128] = [0]
    private var classesV6: [UInt32] = [0]
    /// For each class the sets that it is in, ascending. Class 0 is in none.
    private(set) var setsOfClass: [[UInt32]] = [[]]

    init(_ sets: [FilterPolicy.AddressSet]) {
        var interner: [[UInt32]: UInt32] = [[]: 0]
        let v4 = Self.edges(sets, .v4)
        let v6 = Self.edges(sets, .v6)
        for (start, id) in sweep(v4, &interner) {
            startsV4.append(UInt32(truncatingIfNeeded: start))
            classesV4.append(id)
        }
        for (start, id) in sweep(v6, &interner) {
            startsV6.append(start)
            classesV6.append(id)
        }
    }

    func classOf(_ family: IPFamily, _ address: UInt128) -> Int {
        switch family {
        case .v4: Int(classesV4[Self.lastIndex(in: startsV4, notAfter: UInt32(truncatingIfNeeded: address))])
        case .v6: Int(classesV6[Self.lastIndex(in: startsV6, notAfter: address)])
        }
    }

    private static func lastIndex<Number: FixedWidthInteger>(in starts: [Number], notAfter address: Number) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= address { low = middle } else { high = middle }
        }
        return low
    }

    // MARK: Building

    /// A prefix of `set` begins at `address` (`delta` 1) or the one before it was the last of one (-1).
    private struct Edge {
        var address: UInt128
        var set: UInt32
        var delta: Int
    }

    private static func edges(_ sets: [FilterPolicy.AddressSet], _ family: IPFamily) -> [Edge] {
        var edges: [Edge] = []
        for (index, set) in sets.enumerated() {
            for prefix in set.prefixes where prefix.family == family {
                edges.append(Edge(address: prefix.firstAddress.value, set: UInt32(index), delta: 1))
                if let after = prefix.lastAddress.next {
                    edges.append(Edge(address: after.value, set: UInt32(index), delta: -1))
                }
            }
        }
        return edges.sorted { $0.address < $1.address }
    }

    private mutating func sweep(
        _ edges: [Edge], _ interner: inout [[UInt32]: UInt32]
    ) -> [(start: UInt128, id: UInt32)] {
        var ranges: [(start: UInt128, id: UInt32)] = []
        var depth: [UInt32: Int] = [:]
        var index = 0
        while index < edges.count {
            let start = edges[index].address
            while index < edges.count, edges[index].address == start {
                let edge = edges[index]
                let now = depth[edge.set, default: 0] + edge.delta
                depth[edge.set] = now == 0 ? nil : now
                index += 1
            }
            let members = depth.keys.sorted()
            let id = interner[members] ?? UInt32(setsOfClass.count)
            if Int(id) == setsOfClass.count {
                setsOfClass.append(members)
                interner[members] = id
            }
            ranges.append((start, id))
        }
        return ranges
    }
}
