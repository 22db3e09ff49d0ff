/// What became of each operation of a plan.
package struct Outcome<R: Record>: Sendable {
    package enum Status: Sendable {
        case done
        case failed(any Error)
        /// Not tried, as the operation at this position, which it depends on, failed or was itself skipped.
        case skipped(after: Int)
        /// Not tried, as the task was cancelled.
        case cancelled
    }

    package let plan: Plan<R>
    /// One for each operation, in the plan's order.
    package private(set) var statuses: [Status] = []

    init(_ plan: Plan<R>) {
        self.plan = plan
        statuses.reserveCapacity(plan.operations.count)
    }

    package var succeeded: Bool {
        statuses.allSatisfy { if case .done = $0 { true } else { false } }
    }

    package var counts: (done: Int, failed: Int, skipped: Int) {
        var counts = (done: 0, failed: 0, skipped: 0)
        for status in statuses {
            switch status {
            case .done: counts.done += 1
            case .failed: counts.failed += 1
            case .skipped, .cancelled: counts.skipped += 1
            }
        }
        return counts
    }

    /// One line for each operation that was not done.
    package var problems: [String] {
        zip(plan.operations, statuses).compactMap { operation, status in
            switch status {
            case .done: nil
            case .failed(let error): "\(operation): \(error)"
            case .skipped(let cause): "\(operation): skipped, as it depends on \(plan.operations[cause].id)"
            case .cancelled: "\(operation): not tried, cancelled"
            }
        }
    }

    /// The status of an operation that must not be tried, or `nil` when the way is free.
    func obstacle(to operation: Operation<R>) -> Status? {
        for cause in operation.after {
            guard case .done = statuses[cause] else { return .skipped(after: cause) }
        }
        return nil
    }

    mutating func append(_ status: Status) {
        statuses.append(status)
    }

    mutating func set(_ index: Int, _ status: Status) {
        statuses[index] = status
    }
}

/// An applier of batches gave fewer results than it was given operations.
package struct MissingResult: Error, CustomStringConvertible {
    package var description: String { "no result" }
}
