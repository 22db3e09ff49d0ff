package import Manifests

/// What one tenant is reconciled from.
package struct TenantInput: Sendable {
    package let manifests: TenantManifests
    /// The commit that changes are attributed to and that `TenantState` records.
    ///
    /// The caller gives the one that the previous state has while the tenant's manifests are the same as at that
    /// commit, and the new one otherwise. So a commit that concerns other tenants changes nothing here.
    package let sourceCommit: SourceCommit
    package let previous: TenantState?
    /// See `EvaluationTime`.
    package let time: Timestamp
    /// Of the state commit that is to be made: the previous one plus 1.
    package let height: UInt64
    /// See `GatewayNames`.
    package let refusedNames: Set<String>

    package init(
        manifests: TenantManifests, sourceCommit: SourceCommit, previous: TenantState?, time: Timestamp, height: UInt64,
        refusedNames: Set<String> = []
    ) {
        self.manifests = manifests
        self.sourceCommit = sourceCommit
        self.previous = previous
        self.time = time
        self.height = height
        self.refusedNames = refusedNames
    }
}
