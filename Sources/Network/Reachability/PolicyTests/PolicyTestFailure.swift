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
    /// Of a flow that is decided otherwise.
    package let evidence: PolicyTestEvidence?

    package var span: SourceSpan { test.span }

    /// Runs all tests of a tenant's policies, each in every network that its policy speaks of.
    ///
    /// - Parameter networks: all of the tenant's.
    /// - Throws: tests whose selectors name what the tenant does not have.
    package static func all(
        in networks: [CompiledNetwork], of tenant: TenantInForce
    ) throws(NetworkErrors) -> [PolicyTestFailure] {
        try PolicyTestRun(networks.map { ($0.network, $0.filter.rules) }, of: tenant).failures
    }

    /// Resolves the networks for no other purpose than to run the tests.
    package static func all(
        in manifests: TenantManifests, at time: Timestamp
    ) throws(NetworkErrors) -> [PolicyTestFailure] {
        try TenantTrial(manifests, at: time).testRun.failures
    }
}

extension PolicyTestFailure: CustomStringConvertible {
    /// What was expected and what is, in one line, without the place.
    package var description: String {
        let expected = "policy `\(policy)` expects \(test.expect.rawValue), but"
        switch reason {
        case .nothingInCommon:
            return "\(expected) `\(test.from)` and `\(test.to)` share no network"
        case .decided(let decision, let flow, let cvlan):
            let source = evidence?.source.map { "\($0) (\(flow.source))" } ?? "\(flow.source)"
            let destination = evidence?.destination.map { "\($0) (\(flow.destination))" } ?? "\(flow.destination)"
            let tried = "\(flow.service) from \(source) to \(destination) in `\(cvlan)`"
            guard let rule = decision.rule else {
                let missing = decision.action == .deny ? "allows" : "denies"
                let nearest = evidence?.nearest.map { "; nearest: \($0)" } ?? ""
                return "\(expected) no rule \(missing) \(tried), and by default the tenant "
                    + "\(decision.action == .deny ? "denies" : "allows")\(nearest)"
            }
            let place = evidence?.rule.map { " at \($0)" } ?? ""
            return
                "\(expected) \(tried) is \(decision.action == .deny ? "denied" : "allowed") by rule `\(rule)`\(place)"
        }
    }
}
