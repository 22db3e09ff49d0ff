// Carrying a plan out. A failure stops only the operations that depend on the failed one, directly or through others.

extension Plan {
    /// Carries out the operations one by one, in order.
    package func apply(_ body: (Operation<R>) throws -> Void) -> Outcome<R> {
        var outcome = Outcome(self)
        for operation in operations {
            if let obstacle = outcome.obstacle(to: operation) {
                outcome.append(obstacle)
                continue
            }
            do {
                try body(operation)
                outcome.append(.done)
            } catch {
                outcome.append(.failed(error))
            }
        }
        return outcome
    }

    /// Carries out the operations one by one, in order. Stops between two of them when the task is cancelled.
    package func apply(
        isolation: isolated (any Actor)? = #isolation, _ body: (Operation<R>) async throws -> Void
    ) async -> Outcome<R> {
        var outcome = Outcome(self)
        for operation in operations {
            if let obstacle = Task.isCancelled ? .cancelled : outcome.obstacle(to: operation) {
                outcome.append(obstacle)
                continue
            }
            do {
                try await body(operation)
                outcome.append(.done)
            } catch {
                outcome.append(.failed(error))
            }
        }
        return outcome
    }

    /// Carries out the operations in batches (see `batches`), each with one call of `body`, which gives one result for
    /// each operation, in order. If it throws, the whole batch has failed with that error.
    package func applyInBatches(
        limit: Int = .max, isolation: isolated (any Actor)? = #isolation,
        _ body: ([Operation<R>]) async throws -> [Result<Void, any Error>]
    ) async -> Outcome<R> {
        var outcome = Outcome(self)
        for batch in batches(limit: limit) {
            var tried: [Int] = []
            for index in batch {
                let obstacle = Task.isCancelled ? .cancelled : outcome.obstacle(to: operations[index])
                if obstacle == nil { tried.append(index) }
                outcome.append(obstacle ?? .failed(MissingResult()))
            }
            guard !tried.isEmpty else { continue }
            do {
                let results = try await body(tried.map { operations[$0] })
                for (index, result) in zip(tried, results) {
                    switch result {
                    case .success: outcome.set(index, .done)
                    case .failure(let error): outcome.set(index, .failed(error))
                    }
                }
            } catch {
                for index in tried { outcome.set(index, .failed(error)) }
            }
        }
        return outcome
    }
}
