internal import GitRepository
package import Manifests
package import OverlayNetwork

extension Reconciler {
    /// What a run starts from, looked at once: its time, and what its commit would destroy. Pure like the rest; whoever
    /// runs the controllers asks it whose commits to search for what they allow.
    package struct Survey: Sendable {
        package let input: Input
        package let manifests: ManifestSet
        /// Never behind what is published.
        let now: Timestamp
        let time: Timestamp
        /// By tenant, of those whose change goes past the limit.
        package let radii: [String: BlastRadius]

        package init(_ input: Input) {
            self.input = input
            manifests = input.tree.manifests
            // Time never goes back behind what is published, or a replica whose clock is behind would bring back what has
            // expired; and no author can put the clock forward.
            now = max(input.now, input.previous.evaluationTime)
            time = EvaluationTime.at(
                now: now, commitTime: min(input.commitTime, now), manifests: Self.candidates(input, manifests))
            radii = Self.radii(input, manifests, time)
        }

        /// All manifests that may be in force.
        private static func candidates(_ input: Input, _ manifests: ManifestSet) -> [TenantManifests] {
            Array(manifests.tenants.values) + input.lastGood.values.map(\.manifests)
        }

        /// When to look again though no commit comes.
        var nextExpiry: Timestamp? {
            EvaluationTime.nextExpiry(after: now, manifests: Self.candidates(input, manifests))
        }

        /// A tenant that is in no state has nothing to lose. One that is and whose last good commit is gone is held
        /// against what was published of it.
        private static func radii(_ input: Input, _ manifests: ManifestSet, _ time: Timestamp) -> [String: BlastRadius]
        {
            var radii: [String: BlastRadius] = [:]
            for (name, state) in input.previous.tenants {
                let new = manifests.tenants[name]
                let radius: BlastRadius
                if let last = input.lastGood[name] {
                    guard input.tree.blobs(of: name) != last.blobs else { continue }
                    radius = BlastRadius(from: last.manifests, to: new, at: time, limit: input.settings.pruneLimit)
                } else {
                    radius = BlastRadius(from: state, of: name, to: new, at: time, limit: input.settings.pruneLimit)
                }
                if !radius.isWithinLimit { radii[name] = radius }
            }
            return radii
        }
    }
}
