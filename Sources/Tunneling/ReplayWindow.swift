/// Which counters of a session or security association have been seen: a sliding window as in RFC 6479, 8,128 counters wide.
///
/// The bitmap is a ring of words. Moving the window ahead clears whole words, so that it costs the same for every packet.
package struct ReplayWindow: Sendable {
    @inlinable static var wordCount: Int { 128 }
    /// Counters behind the greatest one that can still be told apart: a word less than the ring, as the newest is partly filled.
    @inlinable package static var width: UInt64 { UInt64(wordCount - 1) * 64 }

    /// Counters from here on are never taken.
    @usableFromInline let limit: UInt64

    /// One past the greatest counter that was accepted.
    @usableFromInline var next: UInt64 = 0
    @usableFromInline var words = ContiguousArray<UInt64>(repeating: 0, count: wordCount)

    /// - Parameter limit: what protocols reserve; the greatest number that there is, is never taken.
    package init(limit: UInt64 = .max) {
        self.limit = limit
    }

    /// Whether a message with this counter would be taken.
    @inlinable @inline(__always)
    package func admits(_ counter: UInt64) -> Bool {
        guard counter < limit else { return false }
        if counter >= next { return true }
        // In this order nothing overflows.
        guard next - 1 - counter < Self.width else { return false }
        return words[Self.slot(counter)] & Self.bit(counter) == 0
    }

    /// Marks the counter of an authenticated message; `false` when it was there before or is too old.
    @inlinable @inline(__always)
    package mutating func accept(_ counter: UInt64) -> Bool {
        guard admits(counter) else { return false }
        if counter >= next {
            let newest = counter >> 6
            // Where nothing was accepted yet, all words are clear.
            let former = next == 0 ? newest : (next - 1) >> 6
            if newest - former >= UInt64(Self.wordCount) {
                for index in words.indices { words[index] = 0 }
            } else {
                var word = former
                while word < newest {
                    word += 1
                    words[Int(word & UInt64(Self.wordCount - 1))] = 0
                }
            }
            next = counter + 1
        }
        words[Self.slot(counter)] |= Self.bit(counter)
        return true
    }

    @inlinable @inline(__always)
    static func slot(_ counter: UInt64) -> Int { Int((counter >> 6) & UInt64(wordCount - 1)) }

    @inlinable @inline(__always)
    static func bit(_ counter: UInt64) -> UInt64 { 1 << (counter & 63) }
}
