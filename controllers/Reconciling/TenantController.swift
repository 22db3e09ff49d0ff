package import GitRepository
package import Lint
internal import ManifestSource
package import Manifests
package import OverlayNetwork

/// Decides which manifests of each tenant are in force: the new commit's where they hold and destroy no more than a commit
/// has allowed, else those of the tenant's last good commit. A tenant never suffers for another's mistakes.
package struct TenantController: Sendable {
    /// What one tenant is reconciled from.
    package struct InForce: Sendable {
        package let manifests: TenantManifests
        /// Where changes are attributed to.
        package let sourceCommit: SourceCommit
        /// What the manifests were read from; equal ones are the same manifests.
        package let blobs: [String: ObjectID]
    }

    package struct Decision: Sendable {
        package var inForce: [String: InForce] = [:]
        /// Why a tenant is held back at its last good commit, or has none.
        package var held: [String: [Problem]] = [:]
        /// What cannot be blamed on a tenant: it holds back the commit as a whole.
        package var commitProblems: [Problem] = []
        package var warnings: [Finding] = []
    }

    /// The new commit.
    let tree: SourceTree
    let manifests: ManifestSet
    let commit: SourceCommit
    /// What is in force before, by tenant.
    let lastGood: [String: InForce]
    /// What the commit would destroy past the limit, by tenant, and what is allowed of it.
    let radii: [String: BlastRadius]
    let allowances: [String: PruneAllowances]
    let pruneLimit: PruneLimit
    let unaccepted: Unaccepted

    init(_ survey: Reconciler.Survey, _ allowances: [String: PruneAllowances]) {
        tree = survey.input.tree
        manifests = survey.manifests
        commit = survey.input.commit
        lastGood = survey.input.lastGood
        radii = survey.radii
        pruneLimit = survey.input.settings.pruneLimit
        unaccepted = survey.input.unaccepted
        self.allowances = allowances
    }

    package func decide(_ findings: [Finding]) -> Decision {
        var decision = Decision()
        decision.held = unaccepted.tenants
        for finding in findings {
            guard finding.code.holdsBack else {
                // Of what is in force, compiling says that itself.
                if finding.code != .gatewayNameTaken { decision.warnings.append(finding) }
                continue
            }
            let problem = Problem(finding)
            let tenants = tenantsToBlame(for: finding)
            guard !tenants.isEmpty || !unaccepted.files.contains(finding.span.file.path) else {
                decision.warnings.append(finding)
                continue
            }
            for tenant in tenants { decision.held[tenant, default: []].append(problem) }
            if tenants.isEmpty { decision.commitProblems.append(problem) }
        }
        guard decision.commitProblems.isEmpty else {
            decision.inForce = lastGood
            return decision
        }
        // Of a manifest that cannot be read nobody knows whether it is lost: what lint has to say comes first.
        for (name, radius) in radii where decision.held[name] == nil {
            let allowed = allowances[name] ?? .none
            let refused = radius.refused(allowing: allowed)
            guard !refused.isEmpty else { continue }
            decision.held[name] =
                PruneRefusal(losses: refused, limit: pruneLimit, notUnderstood: allowed.notUnderstood).problems
        }
        for (name, manifests) in manifests.tenants where decision.held[name] == nil {
            decision.inForce[name] = inForce(name, manifests)
        }
        for name in decision.held.keys { decision.inForce[name] = lastGood[name] }
        return decision
    }

    private func tenantsToBlame(for finding: Finding) -> Set<String> {
        let isKnown = { (tenant: String) in manifests.tenants[tenant] != nil || lastGood[tenant] != nil }
        // Whoever is not allowed to write a file cannot hold back those in whose folder it is.
        guard !unaccepted.files.contains(finding.span.file.path) else {
            return Set([finding.tenant].compactMap { $0 }.filter(isKnown))
        }
        return finding.tenantsToBlame(
            isKnown: isKnown, ownersBefore: { path in lastGood.filter { $0.value.blobs[path] != nil }.keys },
            ownersNow: { tree.files[$0]?.tenants ?? [] })
    }

    /// A tenant whose manifests say the same as before keeps its commit: then nothing of it changes.
    private func inForce(_ name: String, _ manifests: TenantManifests) -> InForce {
        let blobs = tree.blobs(of: name)
        guard let last = lastGood[name], last.blobs == blobs || last.manifests == manifests else {
            return InForce(manifests: manifests, sourceCommit: commit, blobs: blobs)
        }
        // As whoever starts anew reads it, though a file may have moved meanwhile.
        return last
    }
}
