/// A set of rules, by their position in `FilterRules.rules`.
package typealias RuleMask = IndexMask

/// A set of small numbers below a fixed count. Up to 64 are kept without an allocation.
package struct IndexMask: Hashable, Sendable {
    private var low: UInt64 = 0
    /// From 64 on.
    private var high: [UInt64]

    /// None of `count` numbers. Masks that are combined have the same count.
    package init(count: Int) {
        high = count > 64 ? Array(repeating: 0, count: (count - 1) / 64) : []
    }

    package var isEmpty: Bool { low == 0 && high.allSatisfy { $0 == 0 } }

    package var count: Int { high.reduce(low.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

    package func contains(_ index: Int) -> Bool {
        let word = index < 64 ? low : high[index >> 6 - 1]
        return word >> UInt64(index & 63) & 1 == 1
    }

    package mutating func insert(_ index: Int) {
        if index < 64 { low |= 1 << UInt64(index) } else { high[index >> 6 - 1] |= 1 << UInt64(index & 63) }
    }

    package mutating func formUnion(_ other: IndexMask) {
        low |= other.low
        for index in high.indices { high[index] |= other.high[index] }
    }

    package func intersection(_ other: IndexMask) -> IndexMask {
        var result = self
        result.low &= other.low
        for index in high.indices { result.high[index] &= other.high[index] }
        return result
    }

    package func symmetricDifference(_ other: IndexMask) -> IndexMask {
        var result = self
        result.low ^= other.low
        for index in high.indices { result.high[index] ^= other.high[index] }
        return result
    }

    package func intersects(_ other: IndexMask) -> Bool {
        if low & other.low != 0 { return true }
        return high.indices.contains { high[$0] & other.high[$0] != 0 }
    }

    /// Calls `body` with each, ascending.
    package func forEach(_ body: (Int) -> Void) {
        var rest = low
        while rest != 0 {
            body(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        for (index, word) in high.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                body((index + 1) << 6 | rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }

    /// Ascending.
    package var indices: [Int] {
        var result: [Int] = []
        forEach { result.append($0) }
        return result
    }
}
