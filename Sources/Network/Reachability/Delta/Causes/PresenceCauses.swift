internal import Addressing
internal import Manifests

/// Why an endpoint, or a node, is in one state of a network and not in the other, or hangs on it otherwise.
struct PresenceCauses {
    let partition: JointPartition

    /// - Parameters:
    ///   - endpoint: in `side`, and not in the other, where the network is, too.
    func endpoint(_ endpoint: Endpoint, onlyIn side: ReachCause.Side) -> [ReachCause] {
        guard let there = partition.side(side).network, let other = partition.side(side.other).network else {
            return []
        }
        let member = there.network.members[endpoint.member]
        guard let twin = other.network.member(member.name) else { return [node(member.node, onlyIn: side)] }
        guard let index = endpoint.route else {
            // One more address than it has in the other state.
            return [MembershipCauses(base: partition.base, head: partition.head).addressChange(member.name)]
        }
        let route = member.node.routes[index]
        guard twin.node.routes.contains(where: { $0.prefix == route.prefix }) else {
            return [self.route(route, of: member.name, onlyIn: side)]
        }
        return [range]
    }

    /// That the network itself is on one side alone.
    func network(onlyIn side: ReachCause.Side) -> ReachCause? {
        guard let reach = partition.side(side).network, partition.side(side.other).network == nil else { return nil }
        let span = reach.network.manifest.metadata.$name.span
        return side == .head
            ? ReachCause(kind: .networkAdded(reach.name), base: nil, head: span)
            : ReachCause(kind: .networkRemoved(reach.name), base: span, head: nil)
    }

    /// A member of the network on one side alone.
    func node(_ node: Node, onlyIn side: ReachCause.Side) -> ReachCause {
        let tenant = partition.side(side.other).tenant
        func cause(_ kind: ReachCause.Kind, _ span: SourceSpan, _ other: SourceSpan? = nil) -> ReachCause {
            side == .head
                ? ReachCause(kind: kind, base: other, head: span) : ReachCause(kind: kind, base: span, head: other)
        }
        if let expired = tenant?.expiredNodes[node.name] {
            let kind: ReachCause.Kind = side == .head ? .expiryChanged(node.name) : .nodeExpired(node.name)
            return cause(kind, node.span(of: node.$expires), expired.span(of: expired.$expires))
        }
        if tenant?.node(node.name) == nil {
            let kind: ReachCause.Kind = side == .head ? .nodeAdded(node.name) : .nodeRemoved(node.name)
            return cause(kind, node.metadata.$name.span)
        }
        let network = (partition.head.network ?? partition.base.network)?.name ?? ""
        let span = node.membership(in: network)?.$cvlan.span ?? node.metadata.$name.span
        return cause(side == .head ? .membershipAdded(node.name) : .membershipRemoved(node.name), span)
    }

    private func route(_ route: Node.SubnetRoute, of node: String, onlyIn side: ReachCause.Side) -> ReachCause {
        side == .head
            ? ReachCause(kind: .routeAdded(route.prefix, via: node), base: nil, head: route.$prefix.span)
            : ReachCause(kind: .routeRemoved(route.prefix, via: node), base: route.$prefix.span, head: nil)
    }

    private var range: ReachCause {
        let base = partition.base.network?.network.manifest
        let head = partition.head.network?.network.manifest
        return ReachCause(
            kind: .rangeChanged(head?.name ?? base?.name ?? ""), base: base?.rangeSpan, head: head?.rangeSpan)
    }

    // MARK: What is in both

    /// Why what is behind a route is carried by another node than before.
    func move(_ endpoint: JointEndpoint) -> [ReachCause] {
        guard let base = partition.base.network, let head = partition.head.network, let baseIndex = endpoint.base,
            let headIndex = endpoint.head
        else { return [] }
        let was = base.partition.endpoints[baseIndex]
        let now = head.partition.endpoints[headIndex]
        var causes: Set<ReachCause> = []
        for (side, network, endpoint) in [(ReachCause.Side.base, base, was), (.head, head, now)] {
            guard let index = endpoint.route else { continue }
            let member = network.network.members[endpoint.member]
            let route = member.node.routes[index]
            guard let twin = partition.side(side.other).network?.network.member(member.name) else {
                causes.insert(node(member.node, onlyIn: side))
                continue
            }
            guard let other = twin.node.routes.first(where: { $0.prefix == route.prefix }) else {
                causes.insert(self.route(route, of: member.name, onlyIn: side))
                continue
            }
            if other.priority != route.priority {
                let (ofBase, ofHead) = side == .base ? (route, other) : (other, route)
                causes.insert(
                    ReachCause(
                        kind: .routeChanged(route.prefix, via: member.name), base: ofBase.$priority.span,
                        head: ofHead.$priority.span))
            }
            if twin.isPresent != member.isPresent {
                let (ofBase, ofHead) =
                    side == .base
                    ? (base.enrolls(member), head.enrolls(twin)) : (base.enrolls(twin), head.enrolls(member))
                causes.insert(
                    ReachCause(
                        kind: .keyChanged(ofHead.name), base: ofBase.span(of: ofBase.$publicKey),
                        head: ofHead.span(of: ofHead.$publicKey)))
            }
        }
        if base.network.cidrs != head.network.cidrs { causes.insert(range) }
        return causes.sorted()
    }

    /// Why an endpoint hangs otherwise on the network than before.
    func attachment(_ endpoint: JointEndpoint) -> [ReachCause] {
        if let topology { return [topology] }
        if endpoint.hasMoved { return move(endpoint) }
        guard let base = endpoint.base, let head = endpoint.head, let baseReach = partition.base.network,
            let headReach = partition.head.network
        else { return [] }
        return [
            role(
                baseReach.network.members[baseReach.partition.endpoints[base].member].node,
                headReach.network.members[headReach.partition.endpoints[head].member].node)
        ].compactMap { $0 }
    }

    /// Why the network has what its topology needs on one side alone.
    func connection(onlyIn side: ReachCause.Side) -> [ReachCause] {
        if let topology { return [topology] }
        guard let there = partition.side(side).network, let other = partition.side(side.other).network else {
            return []
        }
        return there.network.members.filter { $0.node.role == .gateway }.compactMap { member in
            guard let twin = other.network.member(member.name) else { return node(member.node, onlyIn: side) }
            return side == .head ? role(twin.node, member.node) : role(member.node, twin.node)
        }
    }

    private func role(_ base: Node, _ head: Node) -> ReachCause? {
        guard base.role != head.role else { return nil }
        return ReachCause(kind: .roleChanged(head.name), base: base.$role.span, head: head.$role.span)
    }

    private var topology: ReachCause? {
        guard let base = partition.base.network?.network, let head = partition.head.network?.network,
            base.topology != head.topology
        else { return nil }
        return ReachCause(
            kind: .topologyChanged(head.name), base: base.manifest.$topology.span, head: head.manifest.$topology.span)
    }
}

extension ReachCause.Side {
    var other: ReachCause.Side { self == .base ? .head : .base }
}

extension NetworkReach {
    /// Whose key puts a member into the network: its own, or that of the gateway it is behind.
    fileprivate func enrolls(_ member: ResolvedNetwork.Member) -> Node {
        member.gateway.flatMap { network.member($0) }?.node ?? member.node
    }
}

extension Node {
    /// Of a field that is left out, the node's name.
    fileprivate func span<T>(of field: Located<T?>) -> SourceSpan {
        field.value == nil ? metadata.$name.span : field.span
    }
}

extension CVLAN {
    /// Where its prefixes, or their lengths, are written.
    fileprivate var rangeSpan: SourceSpan {
        switch range {
        case .cidrs(let cidrs): cidrs.first?.span ?? metadata.$name.span
        case .auto(let v4, let v6): v4?.span ?? v6?.span ?? metadata.$name.span
        }
    }
}
