internal import Synchronization
package import Tunneling

/// How long and how often a session has been used, and what that allows (paper §6.2). Any thread may call.
package struct SessionAge: ~Copyable, Sendable {
    package let isInitiator: Bool
    package let created: Instant
    /// The counter of the next message.
    private let sendCounter: Atomic<UInt64>

    package init(isInitiator: Bool, created: Instant, sendCounter: UInt64 = 0) {
        self.isInitiator = isInitiator
        self.created = created
        self.sendCounter = Atomic(sendCounter)
    }

    /// Nothing is sent or taken under it any more.
    @inline(__always)
    package func isTooOld(at now: Instant) -> Bool { now - created >= Constants.rejectAfterTime }

    @inline(__always)
    package func canSend(at now: Instant) -> Bool {
        sendCounter.load(ordering: .relaxed) < Constants.rejectAfterMessages && !isTooOld(at: now)
    }

    /// Counters for messages, which nobody else gets; `nil` when there are not as many left, or the session is too old.
    @inline(__always)
    package func takeCounters(_ count: Int, at now: Instant) -> Range<UInt64>? {
        guard !isTooOld(at: now) else { return nil }
        var first = sendCounter.load(ordering: .relaxed)
        while true {
            // In this order nothing overflows.
            guard first < Constants.rejectAfterMessages, UInt64(count) <= Constants.rejectAfterMessages - first else {
                return nil
            }
            let (taken, current) = sendCounter.weakCompareExchange(
                expected: first, desired: first + UInt64(count), ordering: .relaxed)
            if taken { return first..<first + UInt64(count) }
            first = current
        }
    }

    /// After a message sent, whether a new session is due. Only the initiator goes by the time, so that not both begin.
    @inline(__always)
    package func wantsRenewalAfterSending(at now: Instant) -> Bool {
        sendCounter.load(ordering: .relaxed) > Constants.rekeyAfterMessages
            || (isInitiator && now - created >= Constants.rekeyAfterTime)
    }

    /// After a message received: an initiator that only listens renews shortly before the session is too old.
    @inline(__always)
    package func wantsRenewalAfterReceiving(at now: Instant) -> Bool {
        isInitiator && now - created + Constants.keepaliveTimeout + Constants.rekeyTimeout >= Constants.rejectAfterTime
    }

    /// No more is sent under it; what is under way to us is still taken.
    package func retire() { sendCounter.store(Constants.rejectAfterMessages, ordering: .relaxed) }
}
