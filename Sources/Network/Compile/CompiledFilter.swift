package import Manifests
internal import WireFormat

/// The packet filter of one network: what all its policies together say, as address sets and rules.
package struct CompiledFilter: Sendable {
    package struct Rule: Hashable, Sendable {
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

    /// One for each set, by name.
    package let setSegments: [ContentSegment]
    /// One for each policy that has rules here, by name.
    package let ruleSegments: [ContentSegment]

    /// - Throws: selectors that name what the tenant does not have.
    package init(_ network: ResolvedNetwork, in tenant: TenantInForce) throws(NetworkErrors) {
        var resolver = SelectorResolver(network, in: tenant)
        var sets: [String: AddressSet] = [:]
        var rules: [Rule] = []
        var ruleSegments: [ContentSegment] = []
        for policy in tenant.policies(of: network.name) {
            let own = policy.rules.enumerated().compactMap { index, rule -> Rule? in
                let from = Self.named(rule.from, &resolver)
                let to = Self.named(rule.to, &resolver)
                guard !from.isEmpty, !to.isEmpty else { return nil }
                for (name, set) in from + to { sets[name] = set }
                return Rule(
                    name: "\(policy.name)/\(rule.name ?? String(index + 1))", action: rule.action,
                    from: from.map(\.name), to: to.map(\.name), ports: rule.ports.map(\.value),
                    span: rule.name == nil ? rule.$action.span : rule.$name.span)
            }
            rules += own
            if !own.isEmpty { ruleSegments.append(Self.segment(own)) }
        }
        try NetworkErrors.throwIfAny(Array(resolver.errors))
        defaultAction = network.defaultAction
        self.sets = sets
        self.rules = rules
        self.ruleSegments = ruleSegments
        setSegments = sets.sorted { $0.key < $1.key }.map(Self.segment)
    }

    /// Each selector that selects something here, once.
    private static func named(
        _ selectors: [Selector], _ resolver: inout SelectorResolver
    ) -> [(name: String, set: AddressSet)] {
        var result: [(name: String, set: AddressSet)] = []
        for selector in selectors {
            let set = resolver.resolve(selector)
            let name = selector.description
            if !set.isEmpty, !result.contains(where: { $0.name == name }) { result.append((name, set)) }
        }
        return result
    }

    private static func segment(_ rules: [Rule]) -> ContentSegment {
        var segment = WireRuleSegment()
        segment.rules = rules.map { rule in
            var wire = WireFilterRule()
            wire.name = rule.name
            wire.action = WireAction(rule.action)
            wire.from = rule.from
            wire.to = rule.to
            wire.ports = rule.ports.map { WirePortMatch($0) }
            return wire
        }
        return ContentSegment(.rules(segment))
    }

    private static func segment(_ name: String, _ addresses: AddressSet) -> ContentSegment {
        var set = WireAddressSet()
        set.name = name
        set.prefixes = addresses.prefixes.map { WirePrefix($0) }
        var segment = WireAddressSetSegment()
        segment.sets = [set]
        return ContentSegment(.addressSets(segment))
    }
}
