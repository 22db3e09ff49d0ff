internal import GitRepository
internal import OverlayNetwork

/// Why a run came to nothing, and what has to happen before another can.
package struct ReconcileError: Error, Sendable, CustomStringConvertible {
    package enum Retry: Sendable, Equatable {
        /// Only a person can mend it: looked at again when a branch moves.
        case stalled
        /// Worth trying again after this time.
        case waiting(after: Duration)
        /// Somebody else was faster: at once, from what is there now.
        case transient
    }

    package let retry: Retry
    /// One line for whoever is paged.
    package let description: String

    package init(_ retry: Retry, _ description: String) {
        self.retry = retry
        self.description = description
    }

    private static let races = 5

    /// - Parameter attempt: how often this has failed in a row, from 1: waiting grows with it up to half a minute.
    init(_ error: any Error, attempt: Int) {
        let pause = Duration.milliseconds(min(30_000, 250 << min(attempt, 8)))
        switch error {
        case let error as ReconcileError: self = error
        case let error as GitError:
            switch error.code {
            case .moved, .rejected:
                // Whoever loses so often in a row runs into something else than other controllers.
                self.init(attempt > Self.races ? .waiting(after: pause) : .transient, error.message)
            case .refused: self.init(.waiting(after: pause), error.message)
            case .unreachable, .timedOut, .storage, .unsigned, .authentication, .untrustedServer, .corrupt, .notFound:
                self.init(.waiting(after: pause), error.message)
            case .checkedOut, .untrustedOwner, .tooLarge, .invalid, .unsupported: self.init(.stalled, error.message)
            }
        case let error as StateFileError:
            self.init(.stalled, "the state branch was changed by hand: \(error)")
        default: self.init(.waiting(after: pause), "\(error)")
        }
    }
}
