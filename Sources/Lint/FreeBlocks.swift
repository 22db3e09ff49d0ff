internal import Addressing

/// How many free blocks of each size pools have: enough to tell what fits, not where it goes.
struct FreeBlocks {
    /// By prefix length.
    private var counts: [Int: Int] = [:]

    init(pools: [IPPrefix], without taken: [IPPrefix]) {
        for pool in Self.disjoint(pools) {
            add(pool, without: Self.disjoint(taken.filter { $0.overlaps(pool) })[...])
        }
    }

    /// Cuts a block from the smallest that holds it; `false` when there is none.
    mutating func take(length: Int) -> Bool {
        guard let from = counts.keys.filter({ $0 <= length }).max() else { return false }
        counts[from] = counts[from].flatMap { $0 > 1 ? $0 - 1 : nil }
        // Halving leaves one block of every size on the way.
        for size in (from + 1)..<max(from + 1, length + 1) { counts[size, default: 0] += 1 }
        return true
    }

    /// - Parameter taken: sorted and disjoint, all overlapping `block`.
    private mutating func add(_ block: IPPrefix, without taken: ArraySlice<IPPrefix>) {
        guard let first = taken.first else {
            counts[block.length, default: 0] += 1
            return
        }
        guard !first.contains(block), let halves = block.halves else { return }
        let middle = taken.firstIndex { !$0.overlaps(halves.0) } ?? taken.endIndex
        add(halves.0, without: taken[..<middle])
        add(halves.1, without: taken[middle...])
    }

    /// Without those that are inside another; sorted.
    private static func disjoint(_ prefixes: [IPPrefix]) -> [IPPrefix] {
        var result: [IPPrefix] = []
        for prefix in prefixes.sorted() where result.last?.contains(prefix) != true { result.append(prefix) }
        return result
    }
}

extension IPPrefix {
    fileprivate var halves: (IPPrefix, IPPrefix)? {
        guard let low = IPPrefix(firstAddress, length: length + 1) else { return nil }
        let upper = IPAddress(family: family, value: low.lastAddress.value + 1)
        return IPPrefix(upper, length: length + 1).map { (low, $0) }
    }
}
