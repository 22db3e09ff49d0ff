internal import Manifests

/// Which flows of one network open and which close between two states, exactly, as disjoint boxes.
///
/// Flows between nodes are told by node: a node that is renumbered has its flows still. What is behind routes is told by
/// address: whoever carries it. Costs what the differences concern; where all is different, as for a network that is new,
/// the number of pairs of groups.
package struct ReachabilityDelta: Sendable {
    package let opened: [FlowBox]
    package let closed: [FlowBox]

    package var isEmpty: Bool { opened.isEmpty && closed.isEmpty }

    package init(from base: ReachSide, to head: ReachSide) {
        guard let name = (head.network ?? base.network)?.name else {
            opened = []
            closed = []
            return
        }
        let partition = JointPartition(base, head)
        let rules = JointRules(base, head, network: name)
        let cells = DeltaCells(partition, rules)
        opened = Self.boxes(cells.opened, cells.sets, partition, rules, open: .head)
        closed = Self.boxes(cells.closed, cells.sets, partition, rules, open: .base)
    }

    private static func boxes(
        _ gains: [DeltaCells.Gain: [Int32]], _ sets: [ServiceSet], _ partition: JointPartition, _ rules: JointRules,
        open: ReachCause.Side
    ) -> [FlowBox] {
        guard !gains.isEmpty else { return [] }
        let merged = DeltaBoxes.merge(gains, sets).filter { partition.hasFlows($0, open) }
        guard !merged.isEmpty else { return [] }
        var names = EndpointNames(open, partition)
        var causes = BoxCauses(partition, rules, open: open)
        let drafts = merged.map { box in
            let family = partition.openers[Int(box.openers[0])].key.family
            return FlowBox(
                from: names.name(box.openers, of: .openers, family), to: names.name(box.targets, of: .targets, family),
                services: box.services, family: family, causes: causes.causes(box))
        }
        return FamilyMerge.merge(drafts, isDual: names.hasBothFamilies)
    }
}

extension JointPartition {
    /// Whether any two endpoints of a box belong to different nodes.
    fileprivate func hasFlows(_ box: GroupBox, _ open: ReachCause.Side) -> Bool {
        guard let first = openers[Int(box.openers[0])].endpoints.first else { return false }
        let node = endpoints[first].node(open)
        func isOne(_ group: JointGroup) -> Bool { group.endpoints.allSatisfy { endpoints[$0].node(open) == node } }
        return !box.openers.allSatisfy { isOne(openers[Int($0)]) }
            || !box.targets.allSatisfy { isOne(targets[Int($0)]) }
    }
}
