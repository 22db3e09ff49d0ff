internal import Addressing
package import Manifests

/// A test of a policy that does not hold.
package struct PolicyTestFailure: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// A flow that is decided otherwise, in a network.
        case decided(Decision, Flow, cvlan: String)
        /// Nothing that the test selects shares a network, so nothing can be allowed.
        case nothingInCommon
    }

    package let tenant: String
    package let policy: String
    package let test: Policy.Test
    package let reason: Reason

    package var span: SourceSpan { test.span }

    /// Runs all tests of a tenant's policies, each in every network that its policy speaks of.
    ///
    /// - Parameter networks: all of the tenant's.
    /// - Throws: tests whose selectors name what the tenant does not have.
    package static func all(
        in networks: [(network: ResolvedNetwork, rules: FilterRules)], of tenant: TenantInForce
    ) throws(NetworkErrors) -> [PolicyTestFailure] {
        guard tenant.policies.contains(where: { !$0.tests.isEmpty }) else { return [] }
        var benches = networks.sorted { $0.network.name < $1.network.name }.map {
            TestBench($0.network, $0.rules, in: tenant)
        }
        var failures: [PolicyTestFailure] = []
        for policy in tenant.policies {
            for test in policy.tests {
                let scope = benches.indices.filter { policy.cvlan == nil || policy.cvlan == benches[$0].cvlan }
                let results = scope.map { benches[$0].run(test) }
                let reason: Reason? =
                    if let (decision, flow, cvlan) = results.lazy.compactMap(\.exception).first {
                        .decided(decision, flow, cvlan: cvlan)
                    } else if test.expect == .allow && !results.contains(where: \.isApplicable) {
                        .nothingInCommon
                    } else {
                        nil
                    }
                if let reason {
                    failures.append(
                        PolicyTestFailure(tenant: tenant.name, policy: policy.name, test: test, reason: reason))
                }
            }
        }
        try NetworkErrors.throwIfAny(Array(benches.reduce(into: Set()) { $0.formUnion($1.errors) }))
        return failures
    }

    package static func all(
        in networks: [CompiledNetwork], of tenant: TenantInForce
    ) throws(NetworkErrors) -> [PolicyTestFailure] {
        try all(in: networks.map { ($0.network, $0.filter.rules) }, of: tenant)
    }

    /// Resolves the networks for no other purpose than to run the tests, as lint does. Allocated addresses are then
    /// those of a first run; what the tests say of nodes does not depend on them.
    package static func all(
        in manifests: TenantManifests, at time: Timestamp
    ) throws(NetworkErrors) -> [PolicyTestFailure] {
        let tenant = try TenantInForce(manifests, at: time)
        let plan = try CIDRPlan(tenant, previous: nil)
        var networks: [(network: ResolvedNetwork, rules: FilterRules)] = []
        for cvlan in tenant.cvlans {
            let network = try ResolvedNetwork(
                cvlan, in: tenant, cidrs: plan.cidrs[cvlan.name] ?? [], previous: nil)
            networks.append((network, try FilterRules(network, in: tenant)))
        }
        return try all(in: networks, of: tenant)
    }
}

/// Runs tests in one network.
private struct TestBench {
    private let network: ResolvedNetwork
    private let rules: FilterRules
    private var resolver: SelectorResolver

    init(_ network: ResolvedNetwork, _ rules: FilterRules, in tenant: TenantInForce) {
        self.network = network
        self.rules = rules
        resolver = SelectorResolver(network, in: tenant)
    }

    var cvlan: String { network.name }

    var errors: Set<NetworkError> { resolver.errors }

    /// Whether there is any flow to try here, and the first that is not decided as expected.
    mutating func run(
        _ test: Policy.Test
    ) -> (isApplicable: Bool, exception: (decision: Decision, flow: Flow, cvlan: String)?) {
        let sources = resolver.resolve(test.from)
        let destinations = resolver.resolve(test.to)
        let isApplicable = [IPFamily.v4, .v6].contains { family in
            !sources.restricted(to: family).isEmpty && !destinations.restricted(to: family).isEmpty
        }
        guard isApplicable else { return (false, nil) }
        let space = FlowSpace(rules, Flow.Service(test.port), members: network.members)
        let flow = space.exception(to: test.expect, from: sources, to: destinations)
        return (true, flow.map { (rules.decide($0), $0, cvlan) })
    }
}

extension PolicyTestFailure: CustomStringConvertible {
    /// What was expected and what is, in one line, without the place.
    package var description: String {
        switch reason {
        case .decided(let decision, let flow, let cvlan):
            "\(flow.service) from \(test.from) (\(flow.source)) to \(test.to) (\(flow.destination)) in network \(cvlan) "
                + "is \(decision), the test of policy \(policy) expects \(test.expect.rawValue)"
        case .nothingInCommon:
            "nothing that \(test.from) and \(test.to) select shares a network, "
                + "the test of policy \(policy) expects \(test.expect.rawValue)"
        }
    }
}
