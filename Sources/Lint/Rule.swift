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
    let groupNames: Set<String>
    let time: Timestamp
    private let undecodable: Set<ResourceID>

    init(_ manifests: TenantManifests, undecodable: [ResourceID], at time: Timestamp) {
        self.manifests = manifests
        self.undecodable = Set(undecodable)
        self.time = time
        cvlans = manifests.cvlans.values.sorted { $0.name < $1.name }
        nodes = manifests.nodes.values.sorted { $0.name < $1.name }
        liveNodes = nodes.filter { !$0.isExpired(at: time) }
        groupNames = Set(manifests.tenant.groups.map(\.name))
        policies = manifests.policies.values.sorted { $0.name < $1.name }
    }

    var tenant: Tenant { manifests.tenant }

    /// Whether a resource is declared, be it with problems of its own.
    func isUndecodable(_ kind: ResourceKind, _ name: String) -> Bool {
        undecodable.contains(ResourceID(kind: kind, tenant: manifests.name, name: name))
    }
}
