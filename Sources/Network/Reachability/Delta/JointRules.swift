internal import Manifests

/// A rule in two states: matched by its policy and name; without a name by what it says, then by its position.
struct JointRule {
    var base: PlacedRule?
    var head: PlacedRule?

    subscript(side: ReachCause.Side) -> PlacedRule? { side == .base ? base : head }
}

/// A rule of a policy that speaks of the network.
struct PlacedRule {
    let policy: Policy
    let index: Int
    let services: ServiceSet
    /// The position in the network's `FilterRules`; `nil`: it matches nothing there.
    let position: Int?

    var rule: Policy.Rule { policy.rules[index] }
    var title: String { rule.title(in: policy, at: index) }

    /// Whether it does the same to the flows that it matches.
    func acts(as other: PlacedRule) -> Bool { rule.action == other.rule.action && services == other.services }
}

struct JointRules {
    private(set) var rules: [JointRule] = []
    /// By position in the `FilterRules` of a side the index in `rules`.
    private(set) var ofBase: [Int] = []
    private(set) var ofHead: [Int] = []
    /// By position on a side that on the other; -1: the rule is not there, or matches nothing there.
    private(set) var headOfBase: [Int] = []
    private(set) var baseOfHead: [Int] = []

    init(_ base: ReachSide, _ head: ReachSide, network: String) {
        let bases = Self.byPolicy(base, network)
        let heads = Self.byPolicy(head, network)
        for policy in Set(bases.keys).union(heads.keys).sorted() {
            rules += Self.match(bases[policy] ?? [], heads[policy] ?? [])
        }
        ofBase = Array(repeating: 0, count: base.network?.rules.rules.count ?? 0)
        ofHead = Array(repeating: 0, count: head.network?.rules.rules.count ?? 0)
        for (index, rule) in rules.enumerated() {
            if let position = rule.base?.position { ofBase[position] = index }
            if let position = rule.head?.position { ofHead[position] = index }
        }
        headOfBase = ofBase.map { rules[$0].head?.position ?? -1 }
        baseOfHead = ofHead.map { rules[$0].base?.position ?? -1 }
    }

    private static func byPolicy(_ side: ReachSide, _ network: String) -> [String: [PlacedRule]] {
        var positions: [RuleID: Int] = [:]
        for (position, rule) in (side.network?.rules.rules ?? []).enumerated() {
            positions[RuleID(policy: rule.policy, index: rule.index)] = position
        }
        var result: [String: [PlacedRule]] = [:]
        for policy in side.tenant?.policies(of: network) ?? [] {
            result[policy.name] = policy.rules.enumerated().map { index, rule in
                PlacedRule(
                    policy: policy, index: index, services: ServiceSet(rule.ports.map(\.value)),
                    position: positions[RuleID(policy: policy.name, index: index)])
            }
        }
        return result
    }

    private struct RuleID: Hashable {
        let policy: String
        let index: Int
    }

    private static func match(_ bases: [PlacedRule], _ heads: [PlacedRule]) -> [JointRule] {
        var partner: [Int?] = Array(repeating: nil, count: heads.count)
        var isTaken = Array(repeating: false, count: bases.count)
        /// Pairs what is left and has the same key, in order; `nil`: not by this key.
        func pair<Key: Hashable>(_ key: (PlacedRule) -> Key?) {
            var waiting: [Key: [Int]] = [:]
            for index in bases.indices.reversed() where !isTaken[index] {
                if let key = key(bases[index]) { waiting[key, default: []].append(index) }
            }
            for index in heads.indices where partner[index] == nil {
                guard let key = key(heads[index]), let found = waiting[key]?.popLast() else { continue }
                partner[index] = found
                isTaken[found] = true
            }
        }
        pair { $0.rule.name }
        pair { placed -> Policy.Rule in
            var rule = placed.rule
            rule.name = nil
            return rule
        }
        pair { $0.rule.name == nil ? $0.index : nil }
        return zip(heads, partner).map { JointRule(base: $1.map { bases[$0] }, head: $0) }
            + bases.indices.filter { !isTaken[$0] }.map { JointRule(base: bases[$0], head: nil) }
    }
}
