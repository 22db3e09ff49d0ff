package import Addressing
package import Tunneling

/// Under load, how many handshake messages each source address may send: 20 a second, 5 at once. An IPv6 source is its /64.
///
/// Bounded: when the table is full of busy sources, a new one has to wait.
package struct SourceLimiter {
    package static let maximumSources = 8192
    private static let cost: UInt64 = 1_000_000_000 / 20
    private static let burst: UInt64 = cost * 5

    private struct Bucket {
        var tokens: UInt64
        var since: Instant

        mutating func refill(at now: Instant) {
            tokens = min(SourceLimiter.burst, tokens + (now - since).nanoseconds)
            since = now
        }
    }

    package init() {}

    private var buckets: [IPAddress: Bucket] = [:]
    private var lastSweep = Instant(nanoseconds: 0)

    package var sourceCount: Int { buckets.count }

    package mutating func allows(_ source: IPAddress, at now: Instant) -> Bool {
        let key = source.family == .v4 ? source : IPAddress(v6: source.value & ~UInt128(UInt64.max))
        if var bucket = buckets[key] {
            bucket.refill(at: now)
            let allowed = bucket.tokens >= Self.cost
            if allowed { bucket.tokens -= Self.cost }
            buckets[key] = bucket
            return allowed
        }
        if buckets.count >= Self.maximumSources { sweep(at: now) }
        guard buckets.count < Self.maximumSources else { return false }
        buckets[key] = Bucket(tokens: Self.burst - Self.cost, since: now)
        return true
    }

    /// Forgets sources whose bucket is full again; no more than once a second, as it looks at all of them.
    private mutating func sweep(at now: Instant) {
        guard now - lastSweep >= .seconds(1) else { return }
        lastSweep = now
        buckets = buckets.filter { _, bucket in
            var bucket = bucket
            bucket.refill(at: now)
            return bucket.tokens < Self.burst
        }
    }
}
