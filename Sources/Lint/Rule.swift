internal import Manifests

/// One thing that the manifests of a tenant must keep to.
protocol Rule: Sendable {
    func check(_ tenant: TenantView, _ report: inout Report)
}

/// The manifests of one tenant as rules look at them: sorted by name, so that of two that collide it is always the same
/// one that is reported.
struct TenantView {
    let manifests: TenantManifests
    let cvlans: [CVLAN]
    let nodes: [Node]
    /// Without those that count as removed.
    let liveNodes: [Node]
    let policies: [Policy]
    let secrets: [Secret]
    /// Of each network, by name: who of `liveNodes` is in it, and which of the node's `networks` it is.
    let members: [String: [(node: Int, membership: Int)]]
    let groupNames: Set<String>
    let time: Timestamp
    private let undecodable: Set<ResourceID>

    init(_ manifests: TenantManifests, undecodable: [ResourceID], at time: Timestamp) {
        self.manifests = manifests
        self.undecodable = Set(undecodable)
        self.time = time
        cvlans = manifests.cvlans.valuesByName
        nodes = manifests.nodes.valuesByName
        // The same array, as long as nobody has expired.
        liveNodes = nodes.contains { $0.isExpired(at: time) } ? nodes.filter { !$0.isExpired(at: time) } : nodes
        members = liveNodes.indices.reduce(into: [:]) { [liveNodes] members, node in
            for (membership, network) in liveNodes[node].networks.enumerated() {
                members[network.cvlan, default: []].append((node, membership))
            }
        }
        groupNames = Set(manifests.tenant.groups.map(\.name))
        policies = manifests.policies.valuesByName
        secrets = manifests.secrets.valuesByName
    }

    var tenant: Tenant { manifests.tenant }

    /// Whether a resource is declared, be it with problems of its own.
    func isUndecodable(_ kind: ResourceKind, _ name: String) -> Bool {
        undecodable.contains(ResourceID(kind: kind, tenant: manifests.name, name: name))
    }
}
