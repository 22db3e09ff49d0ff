internal import Synchronization

/// A flag that one task waits for and any may raise; raised several times before it is seen, it counts once.
package final class Wake: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package func raise() {
        resume { $0.isRaised = $0.waiter == nil }
    }

    /// Returns when the flag was raised, after `timeout` at the latest, or when the task is cancelled. May return early.
    package func wait(atMost timeout: Duration) async {
        let timer = Task {
            if (try? await Task.sleep(for: timeout)) != nil { release() }
        }
        defer { timer.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.isRaised || Task.isCancelled {
                        state.isRaised = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            release()
        }
    }

    private func release() {
        resume { _ in }
    }

    private func resume(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
