import TestRandom
import Testing
import Tunneling

/// What the window is to do, said plainly: remember everything, refuse what is a window's width behind the greatest.
private struct ReplayModel {
    private var seen: Set<UInt64> = []
    private var greatest: UInt64?

    mutating func accept(_ counter: UInt64) -> Bool {
        if let greatest, greatest >= counter, greatest - counter >= ReplayWindow.width { return false }
        guard seen.insert(counter).inserted else { return false }
        greatest = max(greatest ?? 0, counter)
        return true
    }
}

@Suite struct ReplayWindowTests {
    /// Every sequence of six counters from a set that has both edges of a word and of the window in it.
    @Test func agreesWithTheModelOnEveryShortSequence() {
        let width = ReplayWindow.width
        let counters: [UInt64] = [0, 1, 63, 64, width - 1, width, width + 1, width + 64, 3 * width]
        var sequences = 1
        for _ in 0..<5 { sequences *= counters.count }
        for number in 0..<sequences {
            var window = ReplayWindow()
            var model = ReplayModel()
            var rest = number
            for _ in 0..<5 {
                let counter = counters[rest % counters.count]
                rest /= counters.count
                let expected = model.accept(counter)
                #expect(window.admits(counter) == expected)
                if window.accept(counter) != expected {
                    Issue.record("sequence \(number), counter \(counter)")
                    return
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func agreesWithTheModelOnLongWalks(seed: UInt64) {
        var generator = SeededRandom(seed)
        var window = ReplayWindow()
        var model = ReplayModel()
        var position: UInt64 = 0
        for step in 0..<60_000 {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0: position += UInt64.random(in: 0...20_000, using: &generator)
            case 1...30: position += UInt64.random(in: 0...70, using: &generator)
            default: break
            }
            let back = UInt64.random(in: 0...(ReplayWindow.width + 200), using: &generator)
            let counter = position > back ? position - back : position
            let expected = model.accept(counter)
            guard window.accept(counter) == expected else {
                Issue.record("step \(step), counter \(counter), expected \(expected)")
                return
            }
        }
    }

    @Test func lastCountersAreNeverTaken() {
        let limit = UInt64.max - (1 << 13)
        var window = ReplayWindow(limit: limit)
        let counters = [limit - 1, limit, limit + 1, .max - 1, .max, limit - 2, limit - 1]
        let taken = counters.map { window.accept($0) }
        #expect(taken == [true, false, false, false, false, true, false])
    }

    /// One past it would be no number.
    @Test func greatestNumberIsNeverTaken() {
        var window = ReplayWindow()
        let counters: [UInt64] = [.max - 1, .max, .max - 2, .max - 1]
        #expect(counters.map { window.accept($0) } == [true, false, true, false])
    }
}
