internal import Addressing
internal import Manifests

/// Why selectors select an endpoint in one state and not in the other, in which it is too.
struct MembershipCauses {
    let base: ReachSide
    let head: ReachSide

    /// What of the circumstances is to be the base's.
    private struct Circumstances {
        var selectors = ReachCause.Side.head
        var groups = ReachCause.Side.head
        var labels = ReachCause.Side.head
        var address = ReachCause.Side.head
    }

    /// - Parameter rule: what a change of the selectors themselves is to be told as.
    /// - Returns: what makes the difference alone; where nothing does, all that differs.
    func causes(
        base baseSelectors: [Selector], head headSelectors: [Selector], _ baseEndpoint: Endpoint,
        _ headEndpoint: Endpoint, rule: ReachCause
    ) -> [ReachCause] {
        let baseNode = baseEndpoint.isRouted ? nil : base.network?.network.members[baseEndpoint.member].node
        let headNode = headEndpoint.isRouted ? nil : head.network?.network.members[headEndpoint.member].node
        let baseAddress = IPAddress(family: baseEndpoint.family, value: baseEndpoint.first)
        let headAddress = IPAddress(family: headEndpoint.family, value: headEndpoint.first)
        func selects(_ from: Circumstances) -> Bool {
            SelectorWalk(
                groups: from.groups == .base ? base.tenant : head.tenant,
                node: from.labels == .base ? baseNode : headNode,
                address: from.address == .base ? baseAddress : headAddress
            ).selects(from.selectors == .base ? baseSelectors : headSelectors)
        }
        let now = selects(Circumstances())
        func decides(_ change: WritableKeyPath<Circumstances, ReachCause.Side>) -> Bool {
            var circumstances = Circumstances()
            circumstances[keyPath: change] = .base
            return selects(circumstances) != now
        }

        var alone: [ReachCause] = []
        var all: [ReachCause] = []
        func add(_ change: WritableKeyPath<Circumstances, ReachCause.Side>, _ causes: [ReachCause]) {
            all += causes
            if decides(change) { alone += causes }
        }
        if baseSelectors != headSelectors { add(\.selectors, [rule]) }
        if let baseNode, let headNode, baseNode.metadata.labels != headNode.metadata.labels {
            add(\.labels, [.labels(baseNode, headNode)])
        }
        if let headNode, baseAddress != headAddress {
            add(\.address, [addressChange(headNode.name)])
        }
        add(\.groups, changedGroups(baseSelectors + headSelectors))
        return alone.isEmpty ? all : alone
    }

    func addressChange(_ node: String) -> ReachCause {
        let baseMember = base.network?.network.member(node)
        let headMember = head.network?.network.member(node)
        let network = (head.network ?? base.network)?.name ?? ""
        func span(_ member: ResolvedNetwork.Member?) -> SourceSpan? {
            guard let membership = member?.node.membership(in: network) else { return member?.node.metadata.$name.span }
            return membership.addresses.first?.span ?? membership.$cvlan.span
        }
        return ReachCause(
            kind: .addressChanged(node, from: baseMember?.addresses ?? [], to: headMember?.addresses ?? []),
            base: span(baseMember), head: span(headMember))
    }

    private func changedGroups(_ selectors: [Selector]) -> [ReachCause] {
        SelectorWalk.groups(in: selectors, [base.tenant, head.tenant].compactMap { $0 }).sorted().compactMap { name in
            let ofBase = base.tenant?.group(name)
            let ofHead = head.tenant?.group(name)
            guard ofBase != ofHead else { return nil }
            return ReachCause(kind: .groupChanged(name), base: ofBase?.$name.span, head: ofHead?.$name.span)
        }
    }
}

extension ReachCause {
    fileprivate static func labels(_ base: Node, _ head: Node) -> ReachCause {
        ReachCause(
            kind: .labelsChanged(head.name), base: base.metadata.$name.span, head: head.metadata.$name.span)
    }
}
