internal import Addressing

/// Endpoints that rules treat alike in both states, as openers or as targets.
struct JointGroup {
    let key: Key
    /// Indices in `JointPartition.endpoints`.
    var endpoints: [Int]

    struct Key: Hashable {
        let family: IPFamily
        /// Indices in the `openers`, or `targets`, of the sides' partitions; `nil`: not there.
        let base: Int?
        let head: Int?
        /// Only where it matters, because some node of the two has lost or gained endpoints that exist in both states.
        let baseNode: Int?
        let headNode: Int?
    }

    func index(_ side: ReachCause.Side) -> Int? { side == .base ? key.base : key.head }
    func node(_ side: ReachCause.Side) -> Int? { side == .base ? key.baseNode : key.headNode }
    var isInBoth: Bool { key.base != nil && key.head != nil }
    var hasMoved: Bool { isInBoth && key.baseNode != key.headNode }
}

/// The endpoints of two states, grouped.
struct JointPartition {
    let base: ReachSide
    let head: ReachSide
    let endpoints: [JointEndpoint]
    let openers: [JointGroup]
    let targets: [JointGroup]

    init(_ base: ReachSide, _ head: ReachSide) {
        self.base = base
        self.head = head
        let endpoints = JointEndpoint.all(base, head)
        self.endpoints = endpoints
        var involved: Set<Int> = []
        for endpoint in endpoints where endpoint.hasMoved {
            if let node = endpoint.baseNode { involved.insert(node) }
            if let node = endpoint.headNode { involved.insert(node) }
        }
        func groups(_ ofBase: [Int], _ ofHead: [Int]) -> [JointGroup] {
            var groups: [JointGroup] = []
            var known: [JointGroup.Key: Int] = [:]
            for (index, endpoint) in endpoints.enumerated() {
                let isInvolved = [endpoint.baseNode, endpoint.headNode].contains { $0.map(involved.contains) ?? false }
                let key = JointGroup.Key(
                    family: endpoint.family, base: endpoint.base.map { ofBase[$0] },
                    head: endpoint.head.map { ofHead[$0] }, baseNode: isInvolved ? endpoint.baseNode : nil,
                    headNode: isInvolved ? endpoint.headNode : nil)
                if let group = known[key] {
                    groups[group].endpoints.append(index)
                } else {
                    known[key] = groups.count
                    groups.append(JointGroup(key: key, endpoints: [index]))
                }
            }
            return groups
        }
        openers = groups(base.network?.partition.openerOf ?? [], head.network?.partition.openerOf ?? [])
        targets = groups(base.network?.partition.targetOf ?? [], head.network?.partition.targetOf ?? [])
    }

    func side(_ side: ReachCause.Side) -> ReachSide { side == .base ? base : head }

    func opener(_ group: JointGroup, _ side: ReachCause.Side) -> EndpointGroup? {
        group.index(side).flatMap { self.side(side).network?.partition.openers[$0] }
    }

    func target(_ group: JointGroup, _ side: ReachCause.Side) -> EndpointGroup? {
        group.index(side).flatMap { self.side(side).network?.partition.targets[$0] }
    }
}
