package import Addressing

/// A policy made ready for look-ups: an immutable snapshot.
///
/// Cost of a decision: two binary searches over all prefixes' boundaries, then a look at the pairs of sets that rules name for
/// these addresses, each with a binary search over its rules' ports. Memory is linear in the policy.
package final class CompiledPolicy: Sendable {
    /// More than anyone writes, and few enough for memory and time to compile to stay bounded.
    static let maximumPrefixes = 1 << 20
    static let maximumRules = 1 << 20

    package let policy: FilterPolicy
    private let classes: AddressClasses
    private let denying: RuleGroups
    private let allowing: RuleGroups

    package init(_ policy: FilterPolicy) throws(FilterPolicyError) {
        guard policy.rules.count <= Self.maximumRules else { throw .tooLarge("rules") }
        guard policy.sets.reduce(0, { $0 + $1.prefixes.count }) <= Self.maximumPrefixes else {
            throw .tooLarge("prefixes")
        }
        var indices: [String: UInt32] = [:]
        for (index, set) in policy.sets.enumerated() {
            guard indices.updateValue(UInt32(index), forKey: set.name) == nil else { throw .duplicateSet(set.name) }
        }
        var denying: [RuleGroups.Rule] = []
        var allowing: [RuleGroups.Rule] = []
        for (index, rule) in policy.rules.enumerated() {
            let resolved = RuleGroups.Rule(
                number: UInt32(index),
                from: try Self.resolve(rule.from, indices, rule: rule.name),
                to: try Self.resolve(rule.to, indices, rule: rule.name),
                ports: rule.ports.map { match in
                    FilterPolicy.PortMatch(
                        protocolNumber: IPProtocol.asInRules(match.protocolNumber), ports: match.ports)
                })
            if rule.action == .deny { denying.append(resolved) } else { allowing.append(resolved) }
        }
        self.policy = policy
        classes = AddressClasses(policy.sets)
        self.denying = RuleGroups(denying, setCount: policy.sets.count)
        self.allowing = RuleGroups(allowing, setCount: policy.sets.count)
    }

    private static func resolve(
        _ names: [String], _ indices: [String: UInt32], rule: String
    ) throws(FilterPolicyError) -> [UInt32] {
        var found: Set<UInt32> = []
        for name in names {
            guard let index = indices[name] else { throw .unknownSet(name, rule: rule) }
            found.insert(index)
        }
        return found.sorted()
    }
}

// MARK: - Deciding

extension CompiledPolicy {
    package struct Decision: Hashable, Sendable {
        package let allows: Bool
        /// Index of the first rule that decided; `nil`: none, it was the default.
        package let rule: Int?
    }

    /// Whether `opener` may open a flow to `target`. A matching deny wins, then a matching allow, then the default.
    ///
    /// - Parameter port: the destination port; 0 where the protocol has none.
    package func decide(
        _ family: IPFamily, opener: UInt128, target: UInt128, protocolNumber: UInt8, port: UInt16
    ) -> Decision {
        let from = classes.setsOfClass[classes.classOf(family, opener)]
        let to = classes.setsOfClass[classes.classOf(family, target)]
        let number = IPProtocol.asInRules(protocolNumber)
        if let rule = denying.first(from: from, to: to, number, port) {
            return Decision(allows: false, rule: Int(rule))
        }
        if let rule = allowing.first(from: from, to: to, number, port) {
            return Decision(allows: true, rule: Int(rule))
        }
        return Decision(allows: policy.defaultAction == .allow, rule: nil)
    }
}
