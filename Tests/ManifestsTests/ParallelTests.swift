import Manifests
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
}
