package import Manifests

/// The instant that `expires` is compared with.
///
/// It is chosen such that the clocks of two controllers do not matter: they only decide when an expiry is noticed.
package enum EvaluationTime {
    /// The later of the commit's author time and the latest `expires` of any node that is not after `now`.
    ///
    /// - Parameter manifests: all that may be in force: the commit's, and the last good ones of tenants that are held
    ///   back.
    package static func at(
        now: Timestamp, commitTime: Timestamp, manifests: some Sequence<TenantManifests>
    ) -> Timestamp {
        expiries(manifests).filter { $0 <= now }.reduce(commitTime, max)
    }

    /// When to reconcile again although no commit came: the first `expires` after `now`, if there is one.
    package static func nextExpiry(after now: Timestamp, manifests: some Sequence<TenantManifests>) -> Timestamp? {
        expiries(manifests).filter { $0 > now }.min()
    }

    private static func expiries(_ manifests: some Sequence<TenantManifests>) -> [Timestamp] {
        manifests.flatMap { $0.nodes.values.compactMap(\.expires) }
    }
}
