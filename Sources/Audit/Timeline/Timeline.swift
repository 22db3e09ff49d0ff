package import GitRepository
internal import Manifests

/// What git says of the past, in its order.
package struct Timeline: Sendable {
    package let entries: [AuditEntry]
    /// How many there are besides, older ones.
    package let omitted: Int
    package let mainBranch: String
    package let mainTip: ObjectID?
    package let stateBranch: String
    package let stateTip: ObjectID?
    package let filter: AuditFilter
    /// What the reader has to know of how it was made.
    package let remarks: [String]
}
