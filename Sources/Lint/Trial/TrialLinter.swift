internal import Manifests
internal import OverlayNetwork

/// What can be told only when a tenant's manifests are carried out, as the controller would: of manifests that rules find
/// nothing wrong with.
struct TrialLinter {
    private let time: Timestamp

    init(at time: Timestamp) {
        self.time = time
    }

    private static let rules: [any TrialRule] = [
        PolicyTestRule(), MatchingRule(), SuperfluousRule(), OverlapRule(), RoutedSubnetRule(),
    ]

    /// What cannot be carried out, or else what comes of it. In no order.
    func findings(in manifests: TenantManifests) -> [Finding] {
        do throws(NetworkErrors) {
            let trial = try TenantTrial(manifests, at: time)
            let view = TrialView(trial, tests: try trial.testRun)
            var report = Report(tenant: manifests.name)
            for rule in Self.rules { rule.check(view, &report) }
            return report.findings
        } catch {
            return error.errors.map { Finding(FindingCode($0.code), at: $0.span, $0.message, tenant: $0.tenant) }
        }
    }
}

/// One thing that the networks of a tenant must keep to, or that whoever writes their policies should know.
protocol TrialRule: Sendable {
    func check(_ trial: TrialView, _ report: inout Report)
}

/// A tenant whose manifests have been carried out, as rules look at it.
struct TrialView {
    let tenant: TenantInForce
    let networks: [NetworkReach]
    let tests: PolicyTestRun
    let analysis: RuleAnalysis
    /// All rules of all policies, by policy, then as written.
    let rules: [WrittenRule]
    private let indices: [RuleID: Int]
    private let networkIndices: [String: Int]

    init(_ trial: TenantTrial, tests: PolicyTestRun) {
        tenant = trial.tenant
        networks = trial.networks
        self.tests = tests
        analysis = trial.ruleAnalysis
        rules = trial.tenant.policies.flatMap { policy in
            policy.rules.enumerated().map { WrittenRule(id: RuleID(policy: policy.name, index: $0), rule: $1) }
        }
        networkIndices = Dictionary(networks.enumerated().map { ($1.name, $0) }) { first, _ in first }
        indices = Dictionary(rules.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    func network(_ name: String) -> ResolvedNetwork? { networkIndices[name].map { networks[$0].network } }

    subscript(id: RuleID) -> WrittenRule? { indices[id].map { rules[$0] } }
}

/// A rule as a manifest has it.
struct WrittenRule {
    let id: RuleID
    let rule: Policy.Rule

    /// POLICY/RULE, or POLICY/N for the Nth rule of a policy that is not named.
    var title: String { "\(id.policy)/\(rule.name ?? String(id.index + 1))" }

    var span: SourceSpan { rule.span }

    /// For findings that are about another one.
    func related(_ what: String) -> Finding.Related { Finding.Related(span, "rule `\(title)`\(what)") }
}
