/// What makes that the flows of a box are open on one side and not on the other.
struct BoxCauses {
    private let partition: JointPartition
    private let open: ReachCause.Side
    private let rules: RuleCauses
    private let presence: PresenceCauses
    /// By endpoint why it is not on the other side.
    private var absences: [Int: [ReachCause]] = [:]

    init(_ partition: JointPartition, _ rules: JointRules, open: ReachCause.Side) {
        self.partition = partition
        self.open = open
        self.rules = RuleCauses(partition, rules, open: open)
        presence = PresenceCauses(partition: partition)
    }

    mutating func causes(_ box: GroupBox) -> [ReachCause] {
        let openers = box.openers.map { partition.openers[Int($0)] }
        let targets = box.targets.map { partition.targets[Int($0)] }
        var causes = rules.causes(openers, targets, box.services)
        if let network = presence.network(onlyIn: open) {
            causes.insert(network)
            return causes.sorted()
        }
        for group in openers + targets where !group.isInBoth {
            for endpoint in group.endpoints { causes.formUnion(absence(endpoint)) }
        }
        causes.formUnion(wayCauses(openers.filter(\.isInBoth), targets.filter(\.isInBoth)))
        return causes.sorted()
    }

    private mutating func absence(_ number: Int) -> [ReachCause] {
        if let causes = absences[number] { return causes }
        guard let index = partition.endpoints[number].index(open) else { return [] }
        let causes = presence.endpoint(partition.side(open).endpoints[index], onlyIn: open)
        absences[number] = causes
        return causes
    }

    /// Ends that were there, and between which the packets found no way.
    private func wayCauses(_ openers: [JointGroup], _ targets: [JointGroup]) -> Set<ReachCause> {
        guard !openers.isEmpty, !targets.isEmpty else { return [] }
        let shut = open.other
        if partition.side(shut).network?.isConnected == false { return Set(presence.connection(onlyIn: open)) }
        var causes: Set<ReachCause> = []
        let from = Set(openers.compactMap { partition.opener($0, shut)?.attachment })
        let to = Set(targets.compactMap { partition.target($0, shut)?.attachment })
        if from.contains(where: { opener in to.contains { !opener.reaches($0) } }) {
            let changed =
                openers.filter { partition.opener($0, .base)?.attachment != partition.opener($0, .head)?.attachment }
                + targets.filter { partition.target($0, .base)?.attachment != partition.target($0, .head)?.attachment }
            for endpoint in changed.flatMap(\.endpoints) {
                causes.formUnion(presence.attachment(partition.endpoints[endpoint]))
            }
        }
        // Both ends were one node's.
        let nodes = Set(openers.compactMap { $0.node(shut) }).intersection(targets.compactMap { $0.node(shut) })
        for group in openers + targets where group.hasMoved && group.node(shut).map(nodes.contains) ?? false {
            for endpoint in group.endpoints { causes.formUnion(presence.move(partition.endpoints[endpoint])) }
        }
        return causes
    }
}
