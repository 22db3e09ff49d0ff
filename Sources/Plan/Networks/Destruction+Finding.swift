internal import Addressing
internal import Manifests

extension Destruction {
    /// What a change destroys, the largest first.
    static func all(
        _ resources: [ResourceChange], _ networks: [NetworkPlan], from old: TenantManifests?,
        to new: TenantManifests?, at time: Timestamp
    ) -> [Destruction] {
        guard let old else { return [] }
        guard let new else {
            return [
                .tenantDeleted(networks: old.cvlans.count, nodes: old.nodes.values.count { !$0.isExpired(at: time) })
            ]
        }
        var result: [Destruction] = []
        var removed: Set<String> = []
        for network in networks where network.new == nil {
            result.append(.networkDeleted(network.name, nodes: network.old?.members ?? 0))
        }
        for network in networks {
            guard let before = network.old, let after = network.new, !after.holds(before) else { continue }
            result.append(.networkRenumbered(network.name, old: before.prefixes, new: after.prefixes))
        }
        for network in networks {
            for node in network.configs.left where removed.insert(node).inserted {
                if new.nodes[node].map({ $0.isExpired(at: time) }) ?? true { result.append(.nodeRemoved(node)) }
            }
            guard network.new != nil else { continue }
            for node in network.configs.left where new.nodes[node].map({ !$0.isExpired(at: time) }) ?? false {
                result.append(.nodeLeaves(node, network: network.name))
            }
            let moved = network.addresses.filter {
                !$0.old.isEmpty && !$0.new.isEmpty && !Set($0.old).isSubset(of: $0.new)
            }
            if !moved.isEmpty {
                result.append(.nodesReaddressed(network: network.name, nodes: moved.map(\.node)))
            }
        }
        for change in resources where change.id.kind == .node && change.action == .change {
            guard let before = old.nodes[change.id.name]?.publicKey,
                new.nodes[change.id.name]?.publicKey != before
            else { continue }
            result.append(.keyReplaced(node: change.id.name))
        }
        return result
    }
}

extension NetworkPlan.Shape {
    /// Whether every address of the other is one of this: a network that only grows moves nobody.
    fileprivate func holds(_ other: NetworkPlan.Shape) -> Bool {
        let own = prefixes.compactMap { IPPrefix($0) }
        return other.prefixes.compactMap { IPPrefix($0) }.allSatisfy { prefix in own.contains { $0.contains(prefix) } }
    }
}
