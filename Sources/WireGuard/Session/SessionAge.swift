/// How long and how often a session has been used, and what that allows (paper §6.2).
package struct SessionAge: Sendable {
    package let isInitiator: Bool
    package let created: Instant
    /// The counter of the next message.
    package private(set) var sendCounter: UInt64

    package init(isInitiator: Bool, created: Instant, sendCounter: UInt64 = 0) {
        self.isInitiator = isInitiator
        self.created = created
        self.sendCounter = sendCounter
    }

    /// Nothing is sent or taken under it any more.
    @inline(__always)
    package func isTooOld(at now: Instant) -> Bool { now - created >= Constants.rejectAfterTime }

    @inline(__always)
    package func canSend(_ count: Int = 1, at now: Instant) -> Bool {
        // In this order nothing overflows.
        sendCounter < Constants.rejectAfterMessages && UInt64(count) <= Constants.rejectAfterMessages - sendCounter
            && !isTooOld(at: now)
    }

    /// Counters for messages; `canSend` says whether there are as many.
    @inline(__always)
    package mutating func takeCounters(_ count: Int) -> Range<UInt64> {
        let first = sendCounter
        sendCounter += UInt64(count)
        return first..<sendCounter
    }

    /// After a message sent, whether a new session is due. Only the initiator goes by the time, so that not both begin.
    @inline(__always)
    package func wantsRenewalAfterSending(at now: Instant) -> Bool {
        sendCounter > Constants.rekeyAfterMessages || (isInitiator && now - created >= Constants.rekeyAfterTime)
    }

    /// After a message received: an initiator that only listens renews shortly before the session is too old.
    @inline(__always)
    package func wantsRenewalAfterReceiving(at now: Instant) -> Bool {
        isInitiator && now - created + Constants.keepaliveTimeout + Constants.rekeyTimeout >= Constants.rejectAfterTime
    }

    /// No more is sent under it; what is under way to us is still taken.
    package mutating func retire() { sendCounter = Constants.rejectAfterMessages }
}
