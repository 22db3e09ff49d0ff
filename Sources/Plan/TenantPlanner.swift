internal import Addressing
internal import Lint
internal import Manifests
internal import OverlayNetwork

/// Plans one tenant, from manifests that are in force to others. Pure.
struct TenantPlanner {
    let name: String
    /// `nil`: there is no such tenant.
    let base: TenantManifests?
    let head: TenantManifests?
    /// What files that differ declare of the tenant.
    let declared: [ResourceID]
    /// Declared in the head, though with mistakes: not deleted.
    let undecodable: Set<ResourceID>
    let inForceBefore: String?
    let published: TenantState?
    let plansAllPrefixes: Bool
    let affected: AffectedNetworks
    let time: Timestamp
    let source: SourceCommit
    let radius: BlastRadius
    let allowances: PruneAllowances
    let isPartlyRead: Bool

    /// - Parameter findings: of the head, that hold the tenant back.
    func plan(_ findings: [Finding]) -> TenantPlan {
        guard findings.isEmpty else { return heldBack(findings) }
        let images: (old: TenantImage?, new: TenantImage?)
        do throws(NetworkErrors) {
            // Of a base that cannot be carried out nothing is in force.
            let old = try? base.map { (manifests) throws(NetworkErrors) in try image(manifests, published) }
            let state = old?.published(onto: published, source: source) ?? published
            let new = try head.map { (manifests) throws(NetworkErrors) in try image(manifests, state) }
            let failures = try new.map { (image) throws(NetworkErrors) in try failedTests(image) } ?? []
            guard failures.isEmpty else { return heldBack(failures) }
            images = (old, new)
        } catch {
            return heldBack(
                error.errors.map { Finding(.cannotBeCarriedOut, at: $0.span, $0.message, tenant: $0.tenant) })
        }
        let networks = Set(images.old?.networks.keys.map { $0 } ?? []).union(images.new?.networks.keys.map { $0 } ?? [])
            .sorted().map { name in
                NetworkPlan(name, from: images.old, to: images.new)
            }.filter(\.hasChanges)
        let resources = resources
        return TenantPlan(
            name: name, inForceBefore: inForceBefore, findings: [], resources: resources, networks: networks,
            nodes: NodeTotals(networks, from: base, to: head, at: time),
            destruction: Destruction.all(resources, networks, from: base, to: head, at: time),
            prune: PruneVerdict(
                losses: radius.losses, refused: radius.refused(allowing: allowances),
                notUnderstood: radius.isWithinLimit ? [] : allowances.notUnderstood),
            isPartlyRead: isPartlyRead)
    }

    private func image(
        _ manifests: TenantManifests, _ previous: TenantState?
    ) throws(NetworkErrors) -> TenantImage {
        try TenantImage(manifests, previous: previous, at: time, affected, plansAll: plansAllPrefixes)
    }

    private func failedTests(_ image: TenantImage) throws(NetworkErrors) -> [Finding] {
        try PolicyTestFailure.all(in: Array(image.networks.values), of: image.tenant).compactMap { failure in
            // What a test of all networks selects may share one that was not looked at.
            if case .nothingInCommon = failure.reason, !isWhole(failure.policy) { return nil }
            return Finding(.policyTestFails, at: failure.span, "\(failure)", tenant: failure.tenant)
        }
    }

    /// Whether all networks that a policy speaks of were looked at.
    private func isWhole(_ policy: String) -> Bool {
        guard let cvlan = head?.policies[policy]?.cvlan else { return affected == .all }
        return affected.contains(cvlan)
    }

    private func heldBack(_ findings: [Finding]) -> TenantPlan {
        TenantPlan(
            name: name, inForceBefore: inForceBefore, findings: findings.sorted(), resources: resources, networks: [],
            nodes: .none, destruction: [], prune: .none, isPartlyRead: isPartlyRead)
    }

    private var resources: [ResourceChange] {
        declared.sorted().compactMap { id in
            let new = head?.resource(id)
            guard new != nil || !undecodable.contains(id) else { return nil }
            return ResourceChange(id, from: base?.resource(id), to: new)
        }
    }
}

extension NetworkPlan {
    package init(_ name: String, from oldImage: TenantImage?, to newImage: TenantImage?) {
        let (old, new) = (oldImage?.networks[name], newImage?.networks[name])
        self.name = name
        self.old = old.map { Shape($0.network) }
        self.new = new.map { Shape($0.network) }
        addresses = Self.addresses(old?.network, new?.network)
        configs = NetworkConfigDifference(from: old, to: new)
        reach = ReachabilityDelta(from: ReachSide(name, in: oldImage), to: ReachSide(name, in: newImage))
    }

    private static func addresses(_ old: ResolvedNetwork?, _ new: ResolvedNetwork?) -> [AddressChange] {
        let before = Dictionary(uniqueKeysWithValues: (old?.members ?? []).map { ($0.name, $0.addresses) })
        var changes: [AddressChange] = []
        for member in new?.members ?? [] where before[member.name] != member.addresses {
            let fixed = Set(member.node.membership(in: new?.name ?? "")?.addresses.map(\.value) ?? [])
            changes.append(
                AddressChange(
                    node: member.name, old: (before[member.name] ?? []).map(\.description),
                    new: member.addresses.map(\.description), isAllocated: !member.addresses.allSatisfy(fixed.contains))
            )
        }
        let now = Set((new?.members ?? []).map(\.name))
        for member in old?.members ?? [] where !now.contains(member.name) {
            changes.append(
                AddressChange(
                    node: member.name, old: member.addresses.map(\.description), new: [], isAllocated: false))
        }
        return changes.sorted { $0.node < $1.node }
    }
}

extension ReachSide {
    fileprivate init(_ network: String, in image: TenantImage?) {
        if let reach = image?.reach(network) { self.init(reach) } else { self.init(without: image?.tenant) }
    }
}

extension NetworkPlan.Shape {
    fileprivate init(_ network: ResolvedNetwork) {
        prefixes = network.cidrs.map(\.description)
        members = network.members.count
    }
}

extension NodeTotals {
    /// - Parameters:
    ///   - networks: all that differ.
    ///   - old: the manifests that were in force.
    fileprivate init(
        _ networks: [NetworkPlan], from old: TenantManifests?, to new: TenantManifests?, at time: Timestamp
    ) {
        func isMember(_ node: String, of manifests: TenantManifests?) -> Bool {
            manifests?.nodes[node].map { !$0.isExpired(at: time) && !$0.networks.isEmpty } ?? false
        }
        var concerned: Set<String> = []
        for network in networks {
            concerned.formUnion(network.configs.joined + network.configs.left)
            for group in network.configs.changed { concerned.formUnion(group.nodes) }
        }
        let reconfigured = concerned.filter { isMember($0, of: new) }
        self.init(
            reconfigured: reconfigured.count, new: reconfigured.count { !isMember($0, of: old) },
            removed: concerned.count - reconfigured.count)
    }
}
