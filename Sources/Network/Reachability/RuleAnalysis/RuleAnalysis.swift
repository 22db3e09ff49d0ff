internal import Manifests

/// What each rule of a tenant does in the networks that its policy speaks of: exact, over all flows that there can be
/// between the nodes and routes that there are.
package struct RuleAnalysis: Sendable {
    /// Of every rule but those whose networks have nothing to match: networks without two nodes.
    package let verdicts: [RuleID: RuleVerdict]
    /// By the allow.
    package let overlaps: [RuleID: RuleOverlap]

    /// - Parameter networks: all of the tenant's.
    package init(_ networks: [NetworkReach], of tenant: TenantInForce) {
        let analyzer = RuleAnalyzer(
            Parallel.map(networks) { RuleField($0) }, defaultAction: tenant.tenant.defaults.action)
        overlaps = analyzer.overlaps
        var verdicts = analyzer.verdicts
        for id in Self.coveredForNow(verdicts, networks) {
            if case .covered(let others, _) = verdicts[id] { verdicts[id] = .covered(by: others, .forNow) }
        }
        var search = MatchFailureSearch(networks, in: tenant)
        for policy in tenant.policies {
            for (index, rule) in policy.rules.enumerated() {
                let id = RuleID(policy: policy.name, index: index)
                guard verdicts[id] == nil, let failure = search.failure(of: rule, in: policy) else { continue }
                verdicts[id] = .neverMatches(failure)
            }
        }
        self.verdicts = verdicts
    }

    /// Covered rules that other nodes would make a difference to.
    private static func coveredForNow(_ verdicts: [RuleID: RuleVerdict], _ networks: [NetworkReach]) -> Set<RuleID> {
        var covered = Set(verdicts.filter { if case .covered = $0.value { true } else { false } }.keys)
        var result: Set<RuleID> = []
        for reach in networks where !covered.isEmpty {
            let present = covered.intersection(reach.rules.rules.map(RuleID.init))
            guard !present.isEmpty else { continue }
            let needed = Prospects(of: reach).needed(of: present)
            result.formUnion(needed)
            covered.subtract(needed)
        }
        return result
    }
}
