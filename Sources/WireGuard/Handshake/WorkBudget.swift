internal import Tunneling

/// How much computing may go into one kind of work beside everything else that a thread does: a share of the time, which a
/// little may be saved up of.
///
/// Work begins while anything is left and may take more than that; the next waits until it is made up for.
struct WorkBudget {
    /// In nanoseconds; negative while more was spent than there was.
    private var credit: Int64
    private var since = Instant(nanoseconds: 0)
    private let percent: UInt64
    private let limit: Int64

    /// - Parameter saved: how much may be saved up: as long other work may be held up at once.
    init(percent: UInt64, saved: Instant.Span) {
        self.percent = percent
        limit = Int64(saved.nanoseconds)
        credit = limit
    }

    mutating func allows(at now: Instant) -> Bool {
        // What is earned in a minute fills any budget; more could overflow.
        let earned = min((now - since).nanoseconds, 60_000_000_000) * percent / 100
        credit = min(limit, credit + Int64(earned))
        since = max(since, now)
        return credit > 0
    }

    mutating func spend(_ span: Instant.Span) {
        credit -= Int64(min(span.nanoseconds, 1_000_000_000))
    }

    /// When work may begin again; in the past if it may now.
    var nextTime: Instant {
        guard credit <= 0 else { return since }
        // Rounded up, so that the budget allows it then.
        return since + Instant.Span(nanoseconds: (UInt64(1 - credit) * 100 + percent - 1) / percent)
    }
}
