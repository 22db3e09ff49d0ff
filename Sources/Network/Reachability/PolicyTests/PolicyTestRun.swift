internal import Addressing
package import Manifests

/// The tests of a tenant's policies, each run in every network that its policy speaks of.
package struct PolicyTestRun: Sendable {
    package private(set) var failures: [PolicyTestFailure] = []
    /// Tests that expect a deny and cannot fail: no rule could let through what they speak of.
    package private(set) var vacuous: [VacuousTest] = []

    package struct VacuousTest: Hashable, Sendable {
        package let policy: String
        package let test: Policy.Test
        package let reason: MatchFailure
    }

    /// - Parameter networks: all of the tenant's.
    /// - Throws: tests whose selectors name what the tenant does not have.
    package init(
        _ networks: [(network: ResolvedNetwork, rules: FilterRules)], of tenant: TenantInForce
    ) throws(NetworkErrors) {
        guard tenant.policies.contains(where: { !$0.tests.isEmpty }) else { return }
        var benches = networks.sorted { $0.network.name < $1.network.name }.map {
            TestBench($0.network, $0.rules, in: tenant)
        }
        let indices = Dictionary(benches.enumerated().map { ($1.cvlan, $0) }) { first, _ in first }
        for policy in tenant.policies where !policy.tests.isEmpty {
            let scope = policy.cvlan.map { indices[$0].map { [$0] } ?? [] } ?? Array(benches.indices)
            for test in policy.tests { run(test, of: policy, in: scope, &benches, tenant) }
        }
        try NetworkErrors.throwIfAny(Array(benches.reduce(into: Set()) { $0.formUnion($1.errors) }))
    }

    private mutating func run(
        _ test: Policy.Test, of policy: Policy, in scope: [Int], _ benches: inout [TestBench], _ tenant: TenantInForce
    ) {
        var stages: Set<MatchStage> = []
        for index in scope {
            let (from, to) = benches[index].ends(of: test)
            let stage = benches[index].stage(from, to)
            stages.insert(stage)
            guard stage >= .itself,
                let (flow, decision, evidence) = benches[index].exception(to: test, from, to)
            else { continue }
            failures.append(
                PolicyTestFailure(
                    tenant: tenant.name, policy: policy.name, test: test,
                    reason: .decided(decision, flow, cvlan: benches[index].cvlan), evidence: evidence))
            return
        }
        guard let reason = MatchFailure(stages) else { return }
        if test.expect == .deny {
            vacuous.append(VacuousTest(policy: policy.name, test: test, reason: reason))
        } else if reason != .itself {
            failures.append(
                PolicyTestFailure(
                    tenant: tenant.name, policy: policy.name, test: test, reason: .nothingInCommon, evidence: nil))
        }
    }
}

/// Runs tests in one network.
private struct TestBench {
    private let network: ResolvedNetwork
    private let rules: FilterRules
    private lazy var space = FlowSpace(rules, members: network.members)
    private var resolver: SelectorResolver

    init(_ network: ResolvedNetwork, _ rules: FilterRules, in tenant: TenantInForce) {
        self.network = network
        self.rules = rules
        resolver = SelectorResolver(network, in: tenant, known: rules.sets)
    }

    var cvlan: String { network.name }

    var errors: Set<NetworkError> { resolver.errors }

    /// Whom a test speaks of here.
    mutating func ends(of test: Policy.Test) -> (from: AddressSet, to: AddressSet) {
        (resolver.resolve(test.from), resolver.resolve(test.to))
    }

    /// Whether there is any flow to try here.
    func stage(_ from: AddressSet, _ to: AddressSet) -> MatchStage {
        guard !from.isEmpty, !to.isEmpty else {
            return from.isEmpty ? (to.isEmpty ? .neither : .onlyTo) : .onlyFrom
        }
        let families = [IPFamily.v4, .v6].filter { !from[$0].isEmpty && !to[$0].isEmpty }
        guard !families.isEmpty else { return .families }
        let selves = from.first.flatMap { first in network.members.first { $0.addresses.contains(first) } }
        guard let own = selves.map({ AddressSet($0.addresses) }), from.union(to).subtracting(own).isEmpty else {
            return .matches
        }
        return .itself
    }

    /// The first flow that is not decided as expected.
    mutating func exception(
        to test: Policy.Test, _ from: AddressSet, _ to: AddressSet
    ) -> (Flow, Decision, PolicyTestEvidence)? {
        space.exception(to: test.expect, Flow.Service(test.port), from: from, to: to).map { flow in
            let decision = rules.decide(flow)
            return (flow, decision, PolicyTestEvidence(flow, decision, in: network, rules))
        }
    }
}
