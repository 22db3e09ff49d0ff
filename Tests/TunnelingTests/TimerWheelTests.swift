import TestRandom
import Testing
import Tunneling

@Suite struct TimerWheelTests {
    /// A dictionary that is searched from end to end.
    private struct Model {
        /// As the wheel was told.
        var noted: [UInt32: Instant] = [:]
        /// When peers are really to be looked at: later, where a packet has moved it.
        var actual: [UInt32: Instant] = [:]

        mutating func set(_ peer: UInt32, _ deadline: Instant?) {
            noted[peer] = deadline
            actual[peer] = deadline
        }
    }

    private static func wholeTicks(_ instant: Instant) -> Instant {
        let tick = TimerWheel.tick.nanoseconds
        return Instant(nanoseconds: (instant.nanoseconds + tick - 1) / tick * tick)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func agreesWithALinearSearch(seed: UInt64) {
        var generator = SeededRandom(seed)
        var wheel = TimerWheel()
        var model = Model()
        // From just before a turn of the fourth level.
        var now = Instant(nanoseconds: (1 << 24 - 50) * TimerWheel.tick.nanoseconds)
        for step in 0..<20_000 {
            let peer = UInt32.random(in: 0..<200, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...3:
                let reach = UInt64(1) << UInt64.random(in: 0..<45, using: &generator)
                let deadline = now + Instant.Span(nanoseconds: .random(in: 0...reach, using: &generator))
                wheel.set(peer, deadline)
                model.set(peer, deadline)
            case 4:
                wheel.set(peer, .never)
                model.set(peer, nil)
            case 5...6:
                // A packet moves a deadline and leaves the wheel alone.
                guard let deadline = model.actual[peer] else { continue }
                model.actual[peer] = deadline + .milliseconds(.random(in: 0...100_000, using: &generator))
            case 7:
                let expected = model.actual.values.min().map { Self.wholeTicks($0) }
                let next = wheel.next { [model] in model.actual[$0] ?? .never }
                guard next == expected else {
                    Issue.record("step \(step): \(String(describing: next)), not \(String(describing: expected))")
                    return
                }
                // Asking may have put right what was noted.
                for peer in model.noted.keys
                where wheel.deadline(of: peer) == Self.wholeTicks(model.actual[peer] ?? now) {
                    model.noted[peer] = model.actual[peer]
                }
            default:
                let reach = UInt64(1) << UInt64.random(in: 20..<42, using: &generator)
                now = now + Instant.Span(nanoseconds: .random(in: 0...reach, using: &generator))
                var taken: Set<UInt32> = []
                while let due = wheel.takeDue(at: now) {
                    taken.insert(due)
                    #expect(model.noted[due].map { Self.wholeTicks($0) <= now } == true)
                    let actual = model.actual[due] ?? .never
                    if Self.wholeTicks(actual) <= now {
                        model.set(due, nil)
                    } else {
                        wheel.set(due, actual)
                        model.noted[due] = actual
                    }
                }
                guard !model.noted.values.contains(where: { Self.wholeTicks($0) <= now }) else {
                    Issue.record("step \(step): left behind")
                    return
                }
            }
            let deadline = wheel.deadline(of: peer)
            guard deadline == (model.noted[peer].map { max(Self.wholeTicks($0), deadline) } ?? .never) else {
                Issue.record("step \(step): \(deadline) is not when the peer is looked at")
                return
            }
        }
    }

    @Test func nothingIsDueBeforeItsTickAndAllOfATickIsDueTogether() {
        var wheel = TimerWheel()
        let tick = TimerWheel.tick.nanoseconds
        for peer in 0..<100 as Range<UInt32> {
            wheel.set(peer, Instant(nanoseconds: 7000 * tick + 1 + UInt64(peer)))
        }
        #expect(wheel.takeDue(at: Instant(nanoseconds: 7001 * tick - 1)) == nil)
        #expect(wheel.next { _ in Instant(nanoseconds: 7000 * tick + 1) } == Instant(nanoseconds: 7001 * tick))
        var taken: Set<UInt32> = []
        while let peer = wheel.takeDue(at: Instant(nanoseconds: 7001 * tick)) { taken.insert(peer) }
        #expect(taken.count == 100)
        #expect(wheel.next { _ in .start } == nil)
    }

    @Test func deadlineInThePastIsDueAtOnce() {
        var wheel = TimerWheel()
        #expect(wheel.takeDue(at: .at(100)) == nil)
        wheel.set(3, .at(1))
        #expect(wheel.next { _ in .at(1) } == .at(100))
        #expect(wheel.takeDue(at: .at(100)) == 3)
    }

    /// A peer is looked at a bounded number of times between any deadline and now, whatever else is in the wheel.
    @Test(arguments: [1_000, 100_000])
    func aPeerIsAskedForNoMoreOftenAmongMany(count: Int) {
        var wheel = TimerWheel()
        var generator = SeededRandom(4)
        var deadlines: [Instant] = []
        for peer in 0..<count {
            deadlines.append(.at(Double.random(in: 25..<200, using: &generator)))
            wheel.set(UInt32(peer), deadlines[peer])
        }
        // Many whose time is far, and one that is moved again and again: only it is asked about.
        let one = UInt32(count)
        var asked = 0
        for step in 0..<1_000 {
            let deadline = Instant.at(10 + Double(step) / 1000)
            wheel.set(one, deadline)
            _ = wheel.next { peer in
                asked += 1
                return peer == one ? deadline : deadlines[Int(peer)]
            }
        }
        #expect(asked <= 3_000)
    }
}
