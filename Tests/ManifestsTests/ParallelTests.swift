import Manifests
import Synchronization
import Testing

struct ParallelTests {
    @Test(arguments: [0, 1, 15, 16, 17, 100, 10_007])
    func resultsAreInTheOrderOfTheElements(count: Int) {
        let numbers = Array(0..<count)
        #expect(Parallel.map(numbers) { "\($0)" } == numbers.map { "\($0)" })
        #expect(Parallel.map(numbers, fewest: 1) { [$0] } == numbers.map { [$0] })
    }

    @Test func aFewSlowOnesDoNotDisturbTheOrder() {
        let numbers = Array(0..<500)
        let result = Parallel.map(numbers) { number in
            number % 100 == 0 ? (0..<200_000).reduce(number) { $0 &+ $1 } : number
        }
        #expect(result.count == 500 && result[499] == 499)
    }

    @Test(arguments: [0, 1, 2, 15, 16, 17, 100, 10_007])
    func elementsBeginAheadAndFewAtATime(count: Int) {
        let numbers = Array(0..<count)
        let begun = Mutex((now: 0, most: 0))
        let pairs = Parallel.map(numbers, mostBegun: 1024) { number in
            begun.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            return -number
        } finish: { number, ready in
            begun.withLock { $0.now -= 1 }
            return [number, ready]
        }
        #expect(pairs == numbers.map { [$0, -$0] })
        #expect((min(2, count)...1024).contains(begun.withLock { $0.most }))
        #expect(begun.withLock { $0.now } == 0)
    }
}
