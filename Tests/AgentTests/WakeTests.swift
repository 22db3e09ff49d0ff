import Agent
import Testing

@Suite struct WakeTests {
    @Test func raisedBeforeWaitingIsNotLost() async {
        let wake = Wake()
        wake.raise()
        wake.raise()
        let start = ContinuousClock.now
        await wake.wait(atMost: .seconds(3600))
        #expect(ContinuousClock.now - start < .seconds(1800))
    }

    @Test func raiseEndsTheWaiting() async {
        let wake = Wake()
        async let waited: Void = wake.wait(atMost: .seconds(3600))
        await Task.yield()
        wake.raise()
        let start = ContinuousClock.now
        await waited
        #expect(ContinuousClock.now - start < .seconds(1800))
    }

    @Test func cancellationEndsTheWaitingAndLeavesTheFlagUsable() async {
        let wake = Wake()
        let start = ContinuousClock.now
        let task = Task { await wake.wait(atMost: .seconds(3600)) }
        task.cancel()
        await task.value
        wake.raise()
        await wake.wait(atMost: .seconds(3600))
        #expect(ContinuousClock.now - start < .seconds(1800))
    }

    @Test func timeoutEndsTheWaiting() async {
        let wake = Wake()
        let start = ContinuousClock.now
        await wake.wait(atMost: .milliseconds(20))
        let elapsed = ContinuousClock.now - start
        #expect(elapsed >= .milliseconds(20))
    }
}

@Suite struct BackoffTests {
    @Test func delaysGrowToTheirBoundAndAreSpread() {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(first: .seconds(1), last: .seconds(8))
        let bounds: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(8)]
        for bound in bounds {
            let delay = backoff.next(using: &generator)
            #expect(delay > .zero)
            #expect(delay <= bound)
        }
        backoff.reset()
        #expect(backoff.next(using: &generator) <= .seconds(1))
        let delays = Set(
            (0..<32).map { _ in
                var fresh = Backoff(first: .seconds(1), last: .seconds(8))
                return fresh.next(using: &generator)
            })
        #expect(delays.count > 16)
    }
}
