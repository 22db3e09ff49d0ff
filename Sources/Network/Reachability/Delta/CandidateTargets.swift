internal import Manifests

/// Which groups of targets a group of openers may reach otherwise than before.
struct CandidateTargets {
    private let partition: JointPartition
    private let all: IndexMask
    /// Everything is to be compared: the default, the topology or the network's very being differs.
    private let isAllConcerned: Bool
    /// Targets that differ in more than their rules.
    private let differing: IndexMask
    /// By joint rule the targets that it speaks of on one side, and those of which it speaks on just one side.
    private let ofBase: [IndexMask]
    private let ofHead: [IndexMask]
    private let ofOne: [IndexMask]
    /// Joint rules that do the same on both sides, and those of them that speak of some target on just one.
    private let isSame: [Bool]
    private let unevenBase: RuleMask
    private let rules: JointRules

    init(_ partition: JointPartition, _ rules: JointRules) {
        self.partition = partition
        self.rules = rules
        let count = partition.targets.count
        let none = IndexMask(count: count)
        var all = none
        for index in 0..<count { all.insert(index) }
        self.all = all
        let base = partition.base.network
        let head = partition.head.network
        isAllConcerned =
            base == nil || head == nil || base?.rules.defaultAction != head?.rules.defaultAction
            || base?.isConnected != head?.isConnected
        var differing = none
        var ofBase = Array(repeating: none, count: rules.rules.count)
        var ofHead = ofBase
        for (index, target) in partition.targets.enumerated() {
            let inBase = partition.target(target, .base)
            let inHead = partition.target(target, .head)
            if Self.differs(target, inBase, inHead) { differing.insert(index) }
            inBase?.rules.forEach { ofBase[rules.ofBase[$0]].insert(index) }
            inHead?.rules.forEach { ofHead[rules.ofHead[$0]].insert(index) }
        }
        self.differing = differing
        self.ofBase = ofBase
        self.ofHead = ofHead
        isSame = rules.rules.map { rule in
            if let base = rule.base, let head = rule.head { base.acts(as: head) } else { false }
        }
        let ofOne = zip(ofBase, ofHead).map { $0.symmetricDifference($1) }
        self.ofOne = ofOne
        var unevenBase = RuleMask(count: rules.ofBase.count)
        for (position, joint) in rules.ofBase.enumerated() where !ofOne[joint].isEmpty { unevenBase.insert(position) }
        self.unevenBase = unevenBase
    }

    func of(_ opener: JointGroup) -> IndexMask {
        let inBase = partition.opener(opener, .base)
        let inHead = partition.opener(opener, .head)
        guard !isAllConcerned, let inBase, let inHead, !Self.differs(opener, inBase, inHead) else { return all }
        var result = differing
        inBase.rules.forEach { position in
            let joint = rules.ofBase[position]
            let isStill = isSame[joint] && Self.contains(inHead, rules.headOfBase[position])
            if !isStill {
                result.formUnion(ofBase[joint])
            } else if unevenBase.contains(position) {
                result.formUnion(ofOne[joint])
            }
        }
        inHead.rules.forEach { position in
            let joint = rules.ofHead[position]
            let wasAlready = isSame[joint] && Self.contains(inBase, rules.baseOfHead[position])
            if !wasAlready { result.formUnion(ofHead[joint]) }
        }
        return result
    }

    private static func contains(_ group: EndpointGroup, _ position: Int) -> Bool {
        position >= 0 && group.rules.contains(position)
    }

    private static func differs(_ group: JointGroup, _ base: EndpointGroup?, _ head: EndpointGroup?) -> Bool {
        group.hasMoved || base?.attachment != head?.attachment || (base == nil) != (head == nil)
    }
}
