/// Which counters of a session have been seen: a sliding window as in RFC 6479, 8,128 counters wide.
///
/// The bitmap is a ring of words. Moving the window ahead clears whole words, so that it costs the same for every packet.
package struct ReplayWindow: Sendable {
    private static let wordCount = 128
    /// Counters behind the greatest one that can still be told apart: a word less than the ring, as the newest is partly filled.
    package static let width: UInt64 = UInt64(wordCount - 1) * 64

    /// One past the greatest counter that was accepted.
    private var next: UInt64 = 0
    private var words = ContiguousArray<UInt64>(repeating: 0, count: wordCount)

    package init() {}

    /// Whether a message with this counter would be taken.
    @inline(__always)
    package func admits(_ counter: UInt64) -> Bool {
        guard counter < Constants.rejectAfterMessages else { return false }
        if counter >= next { return true }
        // In this order nothing overflows.
        guard next - 1 - counter < Self.width else { return false }
        return words[Self.slot(counter)] & Self.bit(counter) == 0
    }

    /// Marks the counter of an authenticated message; `false` when it was there before or is too old.
    @inline(__always)
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

    @inline(__always)
    private static func slot(_ counter: UInt64) -> Int { Int((counter >> 6) & UInt64(wordCount - 1)) }

    @inline(__always)
    private static func bit(_ counter: UInt64) -> UInt64 { 1 << (counter & 63) }
}
