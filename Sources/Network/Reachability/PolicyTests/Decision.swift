internal import Addressing
package import Manifests

/// What the policies of a network say of a flow, and which rule it was.
package struct Decision: Hashable, Sendable, CustomStringConvertible {
    package let action: PolicyAction
    /// POLICY/RULE; `nil`: no rule matches, so the tenant's default decides.
    package let rule: String?

    package var description: String {
        "\(action == .allow ? "allowed" : "denied") by \(rule.map { "rule \($0)" } ?? "default")"
    }
}

extension FilterRules {
    /// A matching deny wins over every allow; then a matching allow; then the default. Of several that match, the first
    /// is named.
    package func decide(_ flow: Flow) -> Decision {
        var allowing: String?
        for rule in rules where matches(rule, flow) {
            if rule.action == .deny { return Decision(action: .deny, rule: rule.name) }
            allowing = allowing ?? rule.name
        }
        return Decision(action: allowing == nil ? defaultAction : .allow, rule: allowing)
    }

    private func matches(_ rule: Rule, _ flow: Flow) -> Bool {
        rule.concerns(flow.service)
            && matches(flow.source, rule.from) && matches(flow.destination, rule.to)
    }

    /// Whether one of some `sets` has an address.
    func matches(_ address: IPAddress, _ names: [String]) -> Bool {
        names.contains { sets[$0]?.contains(address) ?? false }
    }
}

extension FilterRules.Rule {
    func concerns(_ service: Flow.Service) -> Bool {
        ports.isEmpty || ports.contains { $0.matches(service) }
    }
}
