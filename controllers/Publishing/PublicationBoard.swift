package import Foundation
internal import Synchronization
internal import Trust

/// Where the publication in force hangs: one writer, the reconcile loop, and any number of readers.
package final class PublicationBoard: Sendable {
    private struct State {
        var publication: Publication?
        var lastConfirmed: Date?
        var waiting: [UInt64: Waiter] = [:]
        var nextID: UInt64 = 0
    }

    private struct Waiter {
        let condition: @Sendable (Publication) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private let state = Mutex(State())

    package init() {}

    package var current: Publication? { state.withLock { $0.publication } }

    /// When the repository was last seen to say what is in force.
    package var lastConfirmed: Date? { state.withLock { $0.lastConfirmed } }

    /// The repository was looked at, and says what is in force.
    ///
    /// Time goes back no further than clocks are apart. A clock that was ahead of that and was set right would otherwise
    /// have vouched for a time in which nobody looked.
    package func confirm(at now: Date) {
        state.withLock { state in
            guard let last = state.lastConfirmed, last <= now + ConfigVerifier.clockTolerance else {
                state.lastConfirmed = now
                return
            }
            state.lastConfirmed = max(last, now)
        }
    }

    /// Puts up the next publication.
    package func replace(with next: Publication) {
        let satisfied = state.withLock { state in
            state.publication = next
            let satisfied = state.waiting.filter { $0.value.condition(next) }
            for id in satisfied.keys { state.waiting[id] = nil }
            return satisfied.values
        }
        for waiter in satisfied { waiter.continuation.resume(returning: true) }
    }

    /// Waits until the publication in force meets a condition; `false` when it does not within `limit`.
    package func wait(atMost limit: Duration, until condition: @escaping @Sendable (Publication) -> Bool) async -> Bool
    {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            self.giveUp(id)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.publication.map(condition) == true { return true }
                    if Task.isCancelled { return false }
                    state.waiting[id] = Waiter(condition: condition, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private func giveUp(_ id: UInt64) {
        state.withLock { $0.waiting.removeValue(forKey: id) }?.continuation.resume(returning: false)
    }
}
