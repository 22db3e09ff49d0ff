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
    package func canSend(at now: Instant) -> Bool {
        sendCounter < Constants.rejectAfterMessages && !isTooOld(at: now)
    }

    /// The counter for one message; `canSend` says whether there is one.
    @inline(__always)
    package mutating func takeCounter() -> UInt64 {
        defer { sendCounter += 1 }
        return sendCounter
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
