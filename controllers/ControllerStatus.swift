internal import Synchronization

/// How the controller stands: what `GET /v1/status` shows. Written in one place, by the reconcile loop.
package struct ControllerStatus: Codable, Sendable, Equatable {
    /// Of a commit or a tenant.
    package enum Phase: String, Codable, Sendable {
        /// What main says is in force.
        case inForce = "InForce"
        /// The last good state is in force instead: see the errors.
        case heldBack = "HeldBack"
        /// Nothing was ever in force.
        case pending = "Pending"
    }

    package struct TenantStatus: Codable, Sendable, Equatable {
        package var phase: Phase
        /// The commit whose manifests of the tenant are in force.
        package var sourceCommit: String?
        package var networks: Int
        package var nodes: Int
        /// `FILE:LINE:COLUMN: error[CODE]: message`
        package var errors: [String]

        package init(phase: Phase, sourceCommit: String?, networks: Int, nodes: Int, errors: [String]) {
            self.phase = phase
            self.sourceCommit = sourceCommit
            self.networks = networks
            self.nodes = nodes
            self.errors = errors
        }
    }

    package var repository: String
    package var branch: String
    package var phase: Phase = .pending
    /// The tip of the main branch that was looked at last.
    package var sourceCommit: String?
    package var stateCommit: String?
    package var height: UInt64 = 0
    package var evaluationTime: String?
    /// Whether commits are judged by who signed them: `off`, `warn` or `enforce`.
    package var authorization = "off"
    /// What cannot be blamed on one tenant.
    package var errors: [String] = []
    package var warnings: [String] = []
    /// Why the controller cannot do its work just now: the repository is unreachable, for one. Empty: nothing.
    package var trouble: String = ""
    package var tenants: [String: TenantStatus] = [:]
    /// Of the last run, in milliseconds.
    package var reconcileMilliseconds: Double = 0
    /// Runs since the start.
    package var reconciles: UInt64 = 0
    package var failures: UInt64 = 0

    package init(repository: String, branch: String) {
        self.repository = repository
        self.branch = branch
    }
}

/// Where the status hangs.
package final class StatusBoard: Sendable {
    private let status: Mutex<ControllerStatus>

    package init(_ status: ControllerStatus) {
        self.status = Mutex(status)
    }

    package var current: ControllerStatus { status.withLock { $0 } }

    func update(_ change: (inout ControllerStatus) -> Void) {
        status.withLock { change(&$0) }
    }
}
