internal import Tunneling

/// The peer's requests on one IKE SA: taken in order of their message IDs, one at a time. The last answer is kept, as it has to be
/// sent again, bit for bit, to a peer that repeats its request (RFC 7296 §2.1).
struct AnswerWindow {
    enum Verdict: Equatable {
        /// To be worked on.
        case new
        /// To be answered as before.
        case repeated
        /// Of no use: an old one, or one that skips some.
        case outside
    }

    private(set) var nextID: UInt32 = 0
    /// Of the request before `nextID`; empty where none was sent.
    private(set) var lastAnswer: [[UInt8]] = []
    private var lastRepeat: Instant?

    func judge(_ messageID: UInt32) -> Verdict {
        if messageID == nextID { return .new }
        return messageID == nextID &- 1 && !lastAnswer.isEmpty ? .repeated : .outside
    }

    mutating func answer(_ datagrams: [[UInt8]]) {
        lastAnswer = datagrams
        lastRepeat = nil
        nextID &+= 1
    }

    /// What to send to a repeated request. Not more often than every 50 ms: a network that doubles datagrams, or an eavesdropper that
    /// replays them, does not make us send many for each.
    mutating func repetition(now: Instant) -> [[UInt8]] {
        if let lastRepeat, now - lastRepeat < .milliseconds(50) { return [] }
        lastRepeat = now
        return lastAnswer
    }
}
