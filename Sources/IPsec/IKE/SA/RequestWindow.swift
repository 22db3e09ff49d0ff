internal import Tunneling

/// Our requests on one IKE SA: one at a time, with consecutive message IDs, each sent again until its answer comes
/// (RFC 7296 §2.1 to §2.3).
///
///     idle ──send──▶ waiting ──answer──▶ idle
///                      │  ▲
///                      └──┘ again after 1, 2, 4 … seconds; after the last time the peer counts as gone
struct RequestWindow {
    /// A request whose answer has not come.
    struct Outstanding {
        let messageID: UInt32
        let type: ExchangeType
        let exchange: Exchange
        /// The message, or its fragments, as they go out.
        let datagrams: [[UInt8]]
        var schedule: HostSettings.Retransmission
        /// Since when the schedule counts.
        var since: Instant
        var timesSent = 1
        var wait: Instant.Span
        var deadline: Instant
    }

    enum Expiry {
        case sendAgain([[UInt8]])
        case givenUp(ExchangeType)
    }

    private(set) var nextID: UInt32 = 0
    private(set) var outstanding: Outstanding?

    /// Message IDs are not used twice: the IKE SA must be replaced long before they run out.
    static let lastID = UInt32.max - 1

    var isIdle: Bool { outstanding == nil }
    var deadline: Instant { outstanding?.deadline ?? .never }

    /// - Parameter jitter: less than 256; spreads the repetitions of many requests.
    mutating func begin(
        _ exchange: Exchange, _ type: ExchangeType, _ datagrams: [[UInt8]],
        _ schedule: HostSettings.Retransmission, jitter: UInt8, now: Instant
    ) {
        precondition(outstanding == nil && nextID <= Self.lastID, "one request at a time")
        let wait = Instant.Span(nanoseconds: schedule.first.nanoseconds / 2048 * (2048 - UInt64(jitter)))
        outstanding = Outstanding(
            messageID: nextID, type: type, exchange: exchange, datagrams: datagrams, schedule: schedule, since: now,
            wait: wait, deadline: now + wait)
        nextID += 1
    }

    /// Whether a response with this message ID and type answers what we asked.
    func expects(_ messageID: UInt32, _ type: ExchangeType) -> Bool {
        outstanding.map { $0.messageID == messageID && $0.type == type } ?? false
    }

    /// The answer has come, or is not waited for any more.
    mutating func finish() -> Exchange? {
        defer { outstanding = nil }
        return outstanding?.exchange
    }

    /// Begins to wait anew, by another schedule.
    mutating func reschedule(_ schedule: HostSettings.Retransmission, now: Instant) {
        guard var request = outstanding, request.schedule != schedule else { return }
        request.schedule = schedule
        request.since = now
        request.timesSent = 0
        request.wait = Instant.Span(nanoseconds: schedule.first.nanoseconds / 2)
        request.deadline = now
        outstanding = request
    }

    /// The request's time has come; `nil`: it has not.
    mutating func expire(now: Instant) -> Expiry? {
        guard var request = outstanding, now >= request.deadline else { return nil }
        guard request.timesSent < request.schedule.attempts else { return .givenUp(request.type) }
        request.timesSent += 1
        request.wait = min(Instant.Span(nanoseconds: request.wait.nanoseconds * 2), request.schedule.longest)
        request.deadline = now + request.wait
        outstanding = request
        return .sendAgain(request.datagrams)
    }

    /// Begins to count anew for IKE_SA_INIT that is sent again with a cookie or another group: its message ID stays 0
    /// (RFC 7296 §2.2).
    mutating func restart() {
        outstanding = nil
        nextID = 0
    }
}
