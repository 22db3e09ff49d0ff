internal import Manifests

/// Which networks of a tenant a change can make a difference to.
package enum AffectedNetworks: Hashable, Sendable {
    case all
    case some(Set<String>)

    /// - Parameter changed: all resources of the tenant that differ.
    init(_ changed: some Sequence<ResourceID>, from base: TenantManifests?, to head: TenantManifests?) {
        guard let base, let head else {
            self = .all
            return
        }
        var result = AffectedNetworks.some([])
        for id in changed {
            switch id.kind {
            case .tenant: result.formUnion(Self.affected(byTenant: base, head))
            case .cvlan: result.formUnion(.some([id.name]))
            case .node:
                let nodes = [base.nodes[id.name], head.nodes[id.name]].compactMap { $0 }
                result.formUnion(.some(Set(nodes.flatMap(\.networks).map(\.cvlan))))
            case .policy: result.formUnion(.union([base, head].compactMap { $0.policies[id.name] }))
            // Who uses it, its own manifest does not tell.
            case .secret: result = .all
            }
        }
        self = result
    }

    package func contains(_ network: String) -> Bool {
        switch self {
        case .all: true
        case .some(let names): names.contains(network)
        }
    }

    private mutating func formUnion(_ other: AffectedNetworks) {
        guard case .some(let own) = self, case .some(let names) = other else {
            self = .all
            return
        }
        self = .some(own.union(names))
    }

    private static func union(_ policies: [Policy]) -> AffectedNetworks {
        policies.contains { $0.cvlan == nil } ? .all : .some(Set(policies.compactMap(\.cvlan)))
    }

    private static func affected(byTenant base: TenantManifests, _ head: TenantManifests) -> AffectedNetworks {
        let (old, new) = (base.tenant, head.tenant)
        guard old.defaults == new.defaults else { return .all }
        var result = AffectedNetworks.some([])
        if old.addressPools != new.addressPools {
            let networks = Array(base.cvlans.values) + head.cvlans.values
            result.formUnion(.some(Set(networks.filter(\.isAuto).map(\.name))))
        }
        if old.groups != new.groups {
            let groups = changedGroups(old, new)
            let policies = (Array(base.policies.values) + head.policies.values).filter { $0.mentions(groups) }
            result.formUnion(.union(policies))
        }
        return result
    }

    /// Those that differ, and those that hold one that does.
    private static func changedGroups(_ old: Tenant, _ new: Tenant) -> Set<String> {
        let names = Set((old.groups + new.groups).map(\.name))
        var changed = names.filter { old.group($0) != new.group($0) }
        while true {
            let more = (old.groups + new.groups).filter { group in
                !changed.contains(group.name) && group.members.contains { $0.mentions(changed) }
            }
            guard !more.isEmpty else { return changed }
            changed.formUnion(more.map(\.name))
        }
    }
}

extension CVLAN {
    var isAuto: Bool { if case .auto = range { true } else { false } }
}

extension Policy {
    func mentions(_ groups: Set<String>) -> Bool {
        rules.contains { rule in (rule.from + rule.to).contains { $0.mentions(groups) } }
            || tests.contains { $0.from.mentions(groups) || $0.to.mentions(groups) }
    }

    /// Every node that its rules and tests name.
    var namedNodes: [String] {
        rules.flatMap { $0.from + $0.to }.flatMap(\.namedNodes)
            + tests.flatMap { $0.from.namedNodes + $0.to.namedNodes }
    }
}

extension Selector {
    func mentions(_ groups: Set<String>) -> Bool {
        if case .group(let name) = term, groups.contains(name) { return true }
        return except.contains { $0.mentions(groups) }
    }

    var namedNodes: [String] {
        let own: [String] = if case .node(let name) = term { [name] } else { [] }
        return own + except.flatMap(\.namedNodes)
    }
}
