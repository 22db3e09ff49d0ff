import Testing
import WireGuard

@Suite struct TimerQueueTests {
    /// Against a dictionary that is searched from end to end.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func agreesWithALinearSearch(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = TimerQueue()
        var model: [UInt32: Instant] = [:]
        for _ in 0..<20_000 {
            let peer = UInt32.random(in: 0..<300, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...5:
                let deadline = Instant(nanoseconds: .random(in: 0..<1000, using: &generator))
                queue.set(peer, deadline)
                model[peer] = deadline
            case 6...7:
                queue.set(peer, .never)
                model[peer] = nil
            default:
                guard let first = queue.first else { break }
                queue.set(first.peer, .never)
                model[first.peer] = nil
            }
            let expected = model.values.min()
            guard queue.first?.deadline == expected, queue.deadline(of: peer) == model[peer] ?? .never else {
                Issue.record("expected \(String(describing: expected))")
                return
            }
        }
    }
}
