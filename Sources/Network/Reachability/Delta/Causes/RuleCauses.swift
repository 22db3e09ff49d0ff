internal import Manifests

/// Which rules make that flows are open on one side and not on the other.
struct RuleCauses {
    private let partition: JointPartition
    private let rules: JointRules
    /// Where the flows are open.
    private let open: ReachCause.Side
    /// By joint rule whether it differs, or speaks of other endpoints than before.
    private let isDiffering: [Bool]
    private let membership: MembershipCauses

    init(_ partition: JointPartition, _ rules: JointRules, open: ReachCause.Side) {
        self.partition = partition
        self.rules = rules
        self.open = open
        membership = MembershipCauses(base: partition.base, head: partition.head)
        var isDiffering = rules.rules.map { $0.base?.rule != $0.head?.rule }
        func compare(_ base: EndpointGroup?, _ head: EndpointGroup?) {
            guard let base, let head else { return }
            base.rules.forEach { position in
                let twin = rules.headOfBase[position]
                if twin < 0 || !head.rules.contains(twin) { isDiffering[rules.ofBase[position]] = true }
            }
            head.rules.forEach { position in
                let twin = rules.baseOfHead[position]
                if twin < 0 || !base.rules.contains(twin) { isDiffering[rules.ofHead[position]] = true }
            }
        }
        for group in partition.openers { compare(partition.opener(group, .base), partition.opener(group, .head)) }
        for group in partition.targets { compare(partition.target(group, .base), partition.target(group, .head)) }
        self.isDiffering = isDiffering
    }

    func causes(_ openers: [JointGroup], _ targets: [JointGroup], _ services: ServiceSet) -> Set<ReachCause> {
        var causes: Set<ReachCause> = []
        let shut = open.other
        for index in speaking(openers, targets) where isDiffering[index] {
            let joint = rules.rules[index]
            // What allows here and did nothing there matters only where nothing else allowed there.
            if let rule = joint[open], rule.rule.action == .allow, defaultAction(shut) != .allow {
                add(joint, rule, on: open, openers, targets, services, to: &causes)
            }
            if let rule = joint[shut], rule.rule.action == .deny {
                add(joint, rule, on: shut, openers, targets, services, to: &causes)
            }
        }
        if defaultAction(open) == .allow, defaultAction(shut) == .deny,
            !services.isSubset(of: allowedAnyway(openers, targets))
        {
            causes.insert(defaultChange)
        }
        return causes
    }

    /// Joint rules that speak of some opener, or of some target, on some side: of whichever are fewer.
    private func speaking(_ openers: [JointGroup], _ targets: [JointGroup]) -> Set<Int> {
        var result: Set<Int> = []
        for (side, joint) in [(ReachCause.Side.base, rules.ofBase), (.head, rules.ofHead)] {
            var mask = RuleMask(count: joint.count)
            if openers.count < targets.count {
                for group in openers { partition.opener(group, side).map { mask.formUnion($0.rules) } }
            } else {
                for group in targets { partition.target(group, side).map { mask.formUnion($0.rules) } }
            }
            mask.forEach { result.insert(joint[$0]) }
        }
        return result
    }

    /// A rule that decides on `side`, and why its twin on the other side does not.
    private func add(
        _ joint: JointRule, _ rule: PlacedRule, on side: ReachCause.Side, _ openers: [JointGroup],
        _ targets: [JointGroup], _ services: ServiceSet, to causes: inout Set<ReachCause>
    ) {
        let concerned = rule.services.intersection(services)
        guard !concerned.isEmpty else { return }
        let froms = openers.filter { Self.contains(partition.opener($0, side), rule) }
        let tos = targets.filter { Self.contains(partition.target($0, side), rule) }
        guard !froms.isEmpty, !tos.isEmpty else { return }
        guard let twin = joint[side.other] else {
            causes.insert(alone(rule, on: side))
            return
        }
        let change = changed(joint)
        guard twin.rule.action == rule.rule.action, concerned.isSubset(of: twin.services) else {
            causes.insert(change)
            return
        }
        for (groups, selectors, sideOf) in [
            (froms, \Policy.Rule.from, partition.opener), (tos, \Policy.Rule.to, partition.target),
        ] {
            for group in groups where group.isInBoth && !Self.contains(sideOf(group, side.other), twin) {
                for number in group.endpoints {
                    let endpoint = partition.endpoints[number]
                    guard let base = endpoint.base, let head = endpoint.head else { continue }
                    causes.formUnion(
                        membership.causes(
                            base: (side == .base ? rule : twin).rule[keyPath: selectors],
                            head: (side == .base ? twin : rule).rule[keyPath: selectors],
                            partition.base.endpoints[base], partition.head.endpoints[head], rule: change))
                }
            }
        }
    }

    private func alone(_ rule: PlacedRule, on side: ReachCause.Side) -> ReachCause {
        let policy = rule.policy
        if let other = partition.side(side.other).tenant?.policy(policy.name), other.cvlan != policy.cvlan {
            let (base, head) = side == .base ? (policy, other) : (other, policy)
            return ReachCause(
                kind: .policyScopeChanged(policy.name), base: base.scopeSpan, head: head.scopeSpan)
        }
        return side == .head
            ? ReachCause(kind: .ruleAdded(rule.title), base: nil, head: rule.rule.span)
            : ReachCause(kind: .ruleRemoved(rule.title), base: rule.rule.span, head: nil)
    }

    private func changed(_ joint: JointRule) -> ReachCause {
        ReachCause(
            kind: .ruleChanged(joint.head?.title ?? joint.base?.title ?? ""), base: joint.base?.rule.span,
            head: joint.head?.rule.span)
    }

    private static func contains(_ group: EndpointGroup?, _ rule: PlacedRule?) -> Bool {
        guard let group, let position = rule?.position else { return false }
        return group.rules.contains(position)
    }

    // MARK: Defaults

    private func defaultAction(_ side: ReachCause.Side) -> PolicyAction? {
        partition.side(side).tenant?.tenant.defaults.action
    }

    /// What rules of the open side allow to all pairs: the default has no part in it.
    private func allowedAnyway(_ openers: [JointGroup], _ targets: [JointGroup]) -> ServiceSet {
        guard let network = partition.side(open).network else { return ServiceSet() }
        var result = ServiceSet()
        for (position, rule) in network.rules.rules.enumerated() where rule.action == .allow {
            let isOfAll =
                openers.allSatisfy { partition.opener($0, open)?.rules.contains(position) ?? false }
                && targets.allSatisfy { partition.target($0, open)?.rules.contains(position) ?? false }
            if isOfAll { result = result.union(network.services[position]) }
        }
        return result
    }

    private var defaultChange: ReachCause {
        ReachCause(
            kind: .defaultActionChanged, base: partition.base.tenant?.tenant.defaults.$action.span,
            head: partition.head.tenant?.tenant.defaults.$action.span)
    }
}

extension Policy {
    /// Where it says which network it is for, or its name where it is for all.
    fileprivate var scopeSpan: SourceSpan { cvlan == nil ? metadata.$name.span : $cvlan.span }
}
