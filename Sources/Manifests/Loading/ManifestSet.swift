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
        let files = Self.inOrder(Array(files))
        for file in files {
            if !file.problems.isEmpty { problems += file.problems }
            if !file.undecodable.isEmpty { undecodable.formUnion(file.undecodable) }
            if !file.remarks.isEmpty { remarks += file.remarks }
            if !file.ignores.isEmpty { ignores += file.ignores }
            // By index: only what is looked for is taken out.
            for index in file.resources.indices where file.resources[index].kind == .tenant {
                guard case .tenant(let tenant) = file.resources[index] else { continue }
                if let first = tenants[tenant.name] {
                    duplicates.append(Duplicate(first: .tenant(first.tenant), later: .tenant(tenant)))
                } else {
                    tenants[tenant.name] = TenantManifests(tenant: tenant)
                }
            }
        }
        let shares = shares(of: files)
        // Tenants have nothing to do with each other.
        let filled = Parallel.map(shares, fewest: 32) { $0.filled(from: files) }
        var later: [(place: Place, duplicate: Duplicate)] = []
        for (manifests, repeated) in filled {
            tenants[manifests.name] = manifests
            later += repeated
        }
        duplicates += later.sorted { $0.place < $1.place }.map(\.duplicate)
    }

    /// By path. They nearly always come so.
    private static func inOrder(_ files: [ManifestFile]) -> [ManifestFile] {
        let isInOrder = files.indices.dropFirst().allSatisfy { files[$0 - 1].source.path <= files[$0].source.path }
        return isInOrder ? files : files.sorted { $0.source.path < $1.source.path }
    }

    /// Where a resource is: of files in order.
    fileprivate struct Place: Sendable, Comparable {
        let file: Int
        let resource: Int

        static func < (a: Place, b: Place) -> Bool { (a.file, a.resource) < (b.file, b.resource) }
    }

    /// What belongs to one tenant.
    private struct Share: Sendable {
        let tenant: TenantManifests
        var places: [Place] = []
        var nodes = 0

        func filled(
            from files: [ManifestFile]
        ) -> (manifests: TenantManifests, repeated: [(place: Place, duplicate: Duplicate)]) {
            var manifests = tenant
            manifests.nodes.reserveCapacity(nodes)
            var repeated: [(place: Place, duplicate: Duplicate)] = []
            for place in places {
                let resource = files[place.file].resources[place.resource]
                guard let first = manifests.insert(resource) else { continue }
                repeated.append((place, Duplicate(first: first, later: resource)))
            }
            return (manifests, repeated)
        }
    }

    /// Hands the resources of files to their tenants. Those without are orphans.
    private mutating func shares(of files: [ManifestFile]) -> [Share] {
        var shares = tenants.values.map { Share(tenant: $0) }
        let indices = Dictionary(shares.enumerated().map { ($1.tenant.name, $0) }) { first, _ in first }
        // Files of one tenant are mostly next to each other.
        var latest: (tenant: String, share: Int?)?
        for (file, content) in files.enumerated() {
            for index in content.resources.indices {
                let kind = content.resources[index].kind
                guard kind != .tenant else { continue }
                let tenant = content.resources[index].metadata.tenant
                let share = if let latest, latest.tenant == tenant { latest.share } else { indices[tenant] }
                latest = (tenant, share)
                guard let share else {
                    orphans.append(content.resources[index])
                    continue
                }
                shares[share].places.append(Place(file: file, resource: index))
                if kind == .node { shares[share].nodes += 1 }
            }
        }
        return shares
    }
}

/// The manifests of one tenant: what its networks are compiled from.
///
/// The dictionaries are keyed by `metadata.name`. Their order is random: take `valuesByName` where order can be seen.
package struct TenantManifests: Sendable, Hashable {
    package var tenant: Tenant
    package var cvlans: [String: CVLAN] = [:]
    package var nodes: [String: Node] = [:]
    package var policies: [String: Policy] = [:]
    package var secrets: [String: Secret] = [:]

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
        case .secret(let secret):
            return Self.insert(secret, as: secret.name, into: &secrets).map(Resource.secret)
        }
    }

    private static func insert<T>(_ value: T, as name: String, into values: inout [String: T]) -> T? {
        // Nearly all names are new: these are looked for once.
        guard let first = values.updateValue(value, forKey: name) else { return nil }
        values[name] = first
        return first
    }
}
