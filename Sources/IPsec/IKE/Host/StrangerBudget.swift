internal import Tunneling

/// How much strangers, whom nothing vouches for, may make us do a second: answer unknown SPIs, or write to the log.
struct StrangerBudget {
    let perSecond: UInt64
    private var tokens: UInt64
    private var since = Instant(nanoseconds: 0)

    init(perSecond: UInt64) {
        self.perSecond = perSecond
        tokens = perSecond
    }

    mutating func take(at now: Instant) -> Bool {
        let earned = (now - since).nanoseconds / (1_000_000_000 / perSecond)
        if earned > 0 {
            tokens = min(perSecond, tokens + min(earned, perSecond))
            since = now
        }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
