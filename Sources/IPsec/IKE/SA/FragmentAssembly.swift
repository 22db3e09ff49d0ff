/// Puts the fragments of one message together (RFC 7383 §2.6). Each was authenticated before it comes here.
///
/// Bounded: one message at a time, of at most `maximumCount` fragments and `maximumBytes`.
struct FragmentAssembly {
    static let maximumCount = 128
    static let maximumBytes = 65_536

    /// The payloads of the whole message, in clear text.
    struct Whole: Equatable {
        let firstType: PayloadType
        let bytes: [UInt8]
    }

    private var messageID: UInt32 = 0
    private var firstType = PayloadType.none
    private var pieces: [[UInt8]?] = []
    private var missing = 0
    private var byteCount = 0

    /// Takes a fragment's clear text; the whole message with the last one that was missing.
    mutating func take(_ piece: [UInt8], _ fragment: EncryptedFragment, messageID: UInt32) -> Whole? {
        let (number, total) = (fragment.number, fragment.total)
        guard number >= 1, number <= total, Int(total) <= Self.maximumCount else { return nil }
        // A sender that learns of a smaller MTU begins again with more fragments; fewer are left-overs (RFC 7383 §2.6).
        if messageID != self.messageID || pieces.isEmpty || Int(total) > pieces.count {
            restart(messageID, total: Int(total))
        }
        let index = Int(number) - 1
        guard Int(total) == pieces.count, pieces[index] == nil, byteCount + piece.count <= Self.maximumBytes else {
            return nil
        }
        pieces[index] = piece
        byteCount += piece.count
        missing -= 1
        if number == 1 { firstType = fragment.firstType }
        guard missing == 0 else { return nil }
        let whole = Whole(firstType: firstType, bytes: pieces.flatMap { $0 ?? [] })
        pieces = []
        return whole
    }

    /// Whether the fragment would be of any use: asked before it is decrypted.
    func wants(_ number: UInt16, of total: UInt16, messageID: UInt32) -> Bool {
        guard number >= 1, number <= total, Int(total) <= Self.maximumCount else { return false }
        guard messageID == self.messageID, !pieces.isEmpty, Int(total) <= pieces.count else { return true }
        return Int(total) == pieces.count && pieces[Int(number) - 1] == nil
    }

    private mutating func restart(_ messageID: UInt32, total: Int) {
        self.messageID = messageID
        firstType = .none
        pieces = Array(repeating: nil, count: total)
        missing = total
        byteCount = 0
    }
}
