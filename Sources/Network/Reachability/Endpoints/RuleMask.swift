/// A set of rules, by their position in `FilterRules.rules`.
package struct RuleMask: Hashable, Sendable {
    private var words: [UInt64]

    /// None of `count` rules. Masks that are combined have the same count.
    package init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    package func contains(_ rule: Int) -> Bool { words[rule >> 6] >> UInt64(rule & 63) & 1 == 1 }

    package mutating func insert(_ rule: Int) { words[rule >> 6] |= 1 << UInt64(rule & 63) }

    package mutating func formUnion(_ other: RuleMask) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    package func intersection(_ other: RuleMask) -> RuleMask {
        var result = self
        for index in words.indices { result.words[index] &= other.words[index] }
        return result
    }

    /// The rules, ascending.
    package var rules: [Int] {
        var result: [Int] = []
        for (index, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                result.append(index << 6 | rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return result
    }
}
