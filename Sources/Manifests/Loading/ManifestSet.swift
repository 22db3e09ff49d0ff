/// The manifests of a repository, by tenant and name.
package struct ManifestSet: Sendable {
    package private(set) var tenants: [String: TenantManifests] = [:]
    /// Resources whose tenant has no `Tenant` manifest.
    package private(set) var orphans: [Resource] = []
    /// Resources whose kind and name an earlier one of the same tenant has: in the order of files by path, the first
    /// is in `tenants`, the others are here.
    package private(set) var duplicates: [Duplicate] = []
    package private(set) var problems: [ManifestProblem] = []
    package private(set) var undecodable: Set<ResourceID> = []
    package private(set) var remarks: [ManifestRemark] = []
    package private(set) var ignores: [IgnoreComment] = []

    package struct Duplicate: Sendable, Hashable {
        package let first: Resource
        package let later: Resource
    }

    package init() {}

    /// The result does not depend on the order of `files`.
    package init(files: some Sequence<ManifestFile>) {
        let files = files.sorted { $0.source.path < $1.source.path }
        for file in files {
            problems += file.problems
            undecodable.formUnion(file.undecodable)
            remarks += file.remarks
            ignores += file.ignores
            for case .tenant(let tenant) in file.resources {
                if let first = tenants[tenant.name] {
                    duplicates.append(Duplicate(first: .tenant(first.tenant), later: .tenant(tenant)))
                } else {
                    tenants[tenant.name] = TenantManifests(tenant: tenant)
                }
            }
        }
        for file in files {
            for resource in file.resources where resource.kind != .tenant {
                guard let index = tenants.index(forKey: resource.metadata.tenant) else {
                    orphans.append(resource)
                    continue
                }
                // In place: a copy of the tenant's manifests for each of its nodes would make this quadratic.
                if let first = tenants.values[index].insert(resource) {
                    duplicates.append(Duplicate(first: first, later: resource))
                }
            }
        }
    }
}

/// The manifests of one tenant: what its networks are compiled from.
///
/// The dictionaries are keyed by `metadata.name`. Their order is random: sort where order can be seen.
package struct TenantManifests: Sendable, Hashable {
    package var tenant: Tenant
    package var cvlans: [String: CVLAN] = [:]
    package var nodes: [String: Node] = [:]
    package var policies: [String: Policy] = [:]

    package init(tenant: Tenant) {
        self.tenant = tenant
    }

    package var name: String { tenant.name }

    /// Adds a resource of this tenant, or gives the one that has its kind and name already.
    @discardableResult
    package mutating func insert(_ resource: Resource) -> Resource? {
        switch resource {
        case .tenant:
            return .tenant(tenant)
        case .cvlan(let cvlan):
            return Self.insert(cvlan, as: cvlan.name, into: &cvlans).map(Resource.cvlan)
        case .node(let node):
            return Self.insert(node, as: node.name, into: &nodes).map(Resource.node)
        case .policy(let policy):
            return Self.insert(policy, as: policy.name, into: &policies).map(Resource.policy)
        }
    }

    private static func insert<T>(_ value: T, as name: String, into values: inout [String: T]) -> T? {
        if let first = values[name] { return first }
        values[name] = value
        return nil
    }
}
