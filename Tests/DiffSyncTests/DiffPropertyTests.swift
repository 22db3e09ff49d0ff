import DiffSync
import TestRandom
import Testing

/// Each property is checked for these many random pairs of states.
private let rounds: ClosedRange<UInt64> = 1...400

@Suite struct DiffPropertyTests {
    @Test func applyingTheDiffGivesTheDesiredState() throws {
        for seed in rounds {
            var random = SeededRandom(seed)
            let (a, b) = (try RecordSet.random(using: &random), try RecordSet.random(using: &random))
            #expect(try diff(from: a, to: b).applied(to: a) == b, "seed \(seed)")
        }
    }

    /// The shelf refuses every step that comes before what it needs, so this proves the order.
    @Test func noStepComesBeforeWhatItNeeds() throws {
        for seed in rounds {
            var random = SeededRandom(seed)
            let (a, b) = (try RecordSet.random(using: &random), try RecordSet.random(using: &random))
            var shelf = Shelf(a)
            let outcome = diff(from: a, to: b).apply { try shelf.carryOut($0) }
            #expect(outcome.problems == [], "seed \(seed)")
            #expect(try shelf.contents == b, "seed \(seed)")
        }
    }

    @Test func theSecondRunIsEmpty() throws {
        for seed in rounds {
            var random = SeededRandom(seed)
            let (a, b) = (try RecordSet.random(using: &random), try RecordSet.random(using: &random))
            #expect(diff(from: a, to: a).isEmpty)
            #expect(diff(from: try diff(from: a, to: b).applied(to: a), to: b).isEmpty, "seed \(seed)")
        }
    }

    @Test func theOrderOfTheInputsDoesNotMatter() throws {
        for seed in rounds {
            var random = SeededRandom(seed)
            let (a, b) = (try RecordSet.random(using: &random), try RecordSet.random(using: &random))
            let shuffled = try RecordSet(a.records.shuffled(using: &random))
            #expect(diff(from: shuffled, to: b) == diff(from: a, to: b), "seed \(seed)")
        }
    }

    /// Operations fail at random: exactly those that depend on a failed one are skipped, the state stays sound, and the
    /// next run without failures reaches the desired state.
    @Test func aFailureTakesOnlyItsDependentsWithIt() throws {
        for seed in rounds {
            var random = SeededRandom(seed)
            let (a, b) = (try RecordSet.random(using: &random), try RecordSet.random(using: &random))
            let plan = diff(from: a, to: b)
            let doomed = plan.operations.map { _ in Int.random(in: 0..<5, using: &random) == 0 }
            var shelf = Shelf(a)
            let unlucky = Set(zip(plan.operations, doomed).filter(\.1).map(\.0.id))
            let outcome = plan.apply { operation in
                if unlucky.contains(operation.id) { throw Refusal(reason: "unlucky") }
                try shelf.carryOut(operation)
            }

            var lost: Set<Int> = []
            for (index, operation) in plan.operations.enumerated() {
                if operation.after.contains(where: lost.contains) || doomed[index] { lost.insert(index) }
                switch outcome.statuses[index] {
                case .done: #expect(!lost.contains(index), "seed \(seed)")
                case .failed(let error): #expect(error as? Refusal == Refusal(reason: "unlucky"), "seed \(seed)")
                case .skipped(let cause):
                    #expect(operation.after.contains(cause) && lost.contains(cause), "seed \(seed)")
                case .cancelled: Issue.record("nothing was cancelled")
                }
            }
            let rest = diff(from: try shelf.contents, to: b)
            #expect(rest.apply { try shelf.carryOut($0) }.succeeded, "seed \(seed)")
            #expect(try shelf.contents == b, "seed \(seed)")
        }
    }

    @Test func batchesKeepTheOrderAndHoldNoDependencies() throws {
        for seed in rounds {
            var random = SeededRandom(seed)
            let (a, b) = (try RecordSet.random(using: &random), try RecordSet.random(using: &random))
            let plan = diff(from: a, to: b)
            let limit = Int.random(in: 1...10, using: &random)
            let batches = plan.batches(limit: limit)
            #expect(batches.flatMap { Array($0) } == Array(plan.operations.indices))
            for batch in batches {
                #expect((1...limit).contains(batch.count))
                for index in batch {
                    #expect(!plan.operations[index].after.contains(where: batch.contains), "seed \(seed)")
                }
            }
        }
    }
}
