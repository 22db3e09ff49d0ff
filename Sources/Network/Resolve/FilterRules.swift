package import Manifests

/// What all policies of one network together say: address sets and rules. `CompiledFilter` makes of it what is sent to
/// nodes.
package struct FilterRules: Sendable {
    package struct Rule: Hashable, Sendable {
        /// The policy's name.
        package let policy: String
        /// The position in the policy, from 0.
        package let index: Int
        /// POLICY/RULE, or POLICY/N for the Nth rule of a policy that is not named.
        package let name: String
        package let action: PolicyAction
        /// Keys of `sets`, in the order of the manifest.
        package let from: [String]
        package let to: [String]
        /// Empty: everything.
        package let ports: [PortMatch]
        /// Where the manifest has it: at its name, or at its action where it has none.
        package let span: SourceSpan

        /// What the rule says, wherever it is written.
        package static func == (a: Rule, b: Rule) -> Bool {
            a.name == b.name && a.action == b.action && a.from == b.from && a.to == b.to && a.ports == b.ports
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(action)
            hasher.combine(from)
            hasher.combine(to)
            hasher.combine(ports)
        }
    }

    package let defaultAction: PolicyAction
    /// By the canonical text of the selector. Only what rules here use, and nothing empty.
    package let sets: [String: AddressSet]
    /// By policy name, then as written. Rules that can match nothing in this network are left out.
    package let rules: [Rule]

    /// - Throws: selectors that name what the tenant does not have.
    package init(_ network: ResolvedNetwork, in tenant: TenantInForce) throws(NetworkErrors) {
        var resolver = SelectorResolver(network, in: tenant)
        var sets: [String: AddressSet] = [:]
        var rules: [Rule] = []
        for policy in tenant.policies(of: network.name) {
            for (index, rule) in policy.rules.enumerated() {
                let from = Self.named(rule.from, &resolver)
                let to = Self.named(rule.to, &resolver)
                guard !from.isEmpty, !to.isEmpty else { continue }
                for (name, set) in from + to { sets[name] = set }
                rules.append(
                    Rule(
                        policy: policy.name, index: index, name: rule.title(in: policy, at: index),
                        action: rule.action, from: from.map(\.name), to: to.map(\.name),
                        ports: rule.ports.map(\.value), span: rule.span))
            }
        }
        try NetworkErrors.throwIfAny(Array(resolver.errors))
        defaultAction = network.defaultAction
        self.sets = sets
        self.rules = rules
    }

    /// Each selector that selects something here, once.
    private static func named(
        _ selectors: [Selector], _ resolver: inout SelectorResolver
    ) -> [(name: String, set: AddressSet)] {
        var seen: Set<String> = []
        return selectors.compactMap { selector in
            let name = selector.description
            let set = resolver.resolve(selector, named: name)
            return !set.isEmpty && seen.insert(name).inserted ? (name, set) : nil
        }
    }
}

extension Policy.Rule {
    /// POLICY/RULE, or POLICY/N for the Nth rule of a policy that is not named.
    func title(in policy: Policy, at index: Int) -> String { "\(policy.name)/\(name ?? String(index + 1))" }

    /// At its name, or at its action where it has none.
    package var span: SourceSpan { name == nil ? $action.span : $name.span }
}
