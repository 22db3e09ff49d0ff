/// Waiting times before the next try: a random part of a bound that doubles, so that agents that lost their controller
/// together do not come back together ("full jitter").
package struct Backoff: Sendable {
    private let first: Duration
    private let last: Duration
    private var bound: Duration

    package init(first: Duration = .seconds(2), last: Duration = .seconds(60)) {
        self.first = first
        self.last = last
        bound = first
    }

    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let delay = bound * Double.random(in: 0.05...1, using: &generator)
        bound = min(bound * 2, last)
        return delay
    }

    package mutating func reset() {
        bound = first
    }
}
