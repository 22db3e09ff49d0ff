internal import GitRepository
internal import ManifestSource
internal import Manifests

/// What a plan is made from: of both sides the manifests that can have a say in what a change does.
///
/// Files that differ are read as a whole. Of the others only those are parsed that may hold documents of a tenant that
/// the change touches. Where a tenant has very many nodes, those of networks that cannot be concerned are left out.
struct ReadManifests {
    let base: ManifestSet
    let head: ManifestSet
    /// The tenants of documents in files that differ.
    let touched: Set<String>
    /// The resources that files which differ declare, on either side.
    let declared: Set<ResourceID>
    /// In which files that differ a tenant had documents in the base.
    private(set) var oldTenants: [String: Set<String>] = [:]
    /// And has them now.
    private(set) var newTenants: [String: Set<String>] = [:]
    /// Whether nodes were left out.
    let isPartial: Bool

    /// Looking for more words than this in each file is no faster than to parse it.
    static let manyWords = 32

    /// - Parameter manyFiles: so many files of nodes are parsed whatever they say.
    init(_ pair: ManifestPair, manyFiles: Int) throws(GitError) {
        let changed = try pair.changedFiles()
        touched = changed.reduce(into: []) { $0.formUnion($1.tenants) }
        declared = changed.reduce(into: []) { ids, file in
            for side in [file.old, file.new].compactMap({ $0 }) {
                ids.formUnion(side.resources.map(\.id) + side.undecodable)
            }
        }
        for file in changed {
            oldTenants[file.path] = file.old?.tenants ?? []
            newTenants[file.path] = file.new?.tenants ?? []
        }
        guard !touched.isEmpty else {
            (base, head, isPartial) = (
                ManifestSet(files: changed.compactMap(\.old)), ManifestSet(files: changed.compactMap(\.new)), false
            )
            return
        }
        let read = try Self.scan(pair, for: touched)
        var unchanged = read.compactMap { if case .parsed(let file) = $0 { file } else { nil } }
        let nodes = read.compactMap {
            if case .kept(let path, let bytes) = $0 { (path: path, bytes: bytes) } else { nil }
        }
        let scope =
            nodes.count <= manyFiles
            ? nil
            : Scope(changed.compactMap(\.old) + unchanged, changed.compactMap(\.new) + unchanged, touched, declared)
        if let scope, let words = scope.words(atMost: Self.manyWords) {
            let search = ByteSearch(words)
            unchanged = unchanged.map(scope.withoutForeignPolicies)
            unchanged += pair.parse(nodes.filter { search.mayFind(in: $0.bytes) })
            isPartial = true
        } else {
            unchanged += pair.parse(nodes)
            isPartial = false
        }
        base = ManifestSet(files: changed.compactMap(\.old) + unchanged)
        head = ManifestSet(files: changed.compactMap(\.new) + unchanged)
    }

    /// Parses what may hold documents of the tenants, and keeps what can only be nodes for later.
    private static func scan(
        _ pair: ManifestPair, for tenants: Set<String>
    ) throws(GitError) -> [ManifestPair.Reading] {
        let ofTenants = ByteSearch(tenants)
        let otherKinds = ByteSearch(ResourceKind.allCases.filter { $0 != .node }.map(\.rawValue))
        return try pair.unchangedFiles { path, bytes in
            let isOfTenants =
                ofTenants.mayFind(in: bytes) || ManifestLoader.tenant(ofPath: path).map(tenants.contains) == true
            guard isOfTenants else { return .leave }
            return otherKinds.mayFind(in: bytes) ? .parse : .keep
        }
    }
}

/// Which nodes of large tenants have a say.
private struct Scope {
    private let networks: [String: AffectedNetworks]
    private let tenants: [String: [TenantManifests]]
    private let declared: Set<ResourceID>

    /// - Parameters:
    ///   - base: files with everything but nodes that did not change.
    ///   - head: the same.
    init(_ base: [ManifestFile], _ head: [ManifestFile], _ touched: Set<String>, _ declared: Set<ResourceID>) {
        let (base, head) = (ManifestSet(files: base), ManifestSet(files: head))
        self.declared = declared
        var networks: [String: AffectedNetworks] = [:]
        var tenants: [String: [TenantManifests]] = [:]
        for name in touched {
            let sides = (base.tenants[name], head.tenants[name])
            let changed = declared.filter {
                $0.tenant == name && sides.0?.resource($0) != sides.1?.resource($0)
            }
            networks[name] = AffectedNetworks(changed, from: sides.0, to: sides.1)
            tenants[name] = [sides.0, sides.1].compactMap { $0 }
        }
        self.networks = networks
        self.tenants = tenants
    }

    /// What a file of nodes must hold to be of interest: a network that is concerned; a name that is declared, as it may
    /// be so twice; a node that is named; a key that another node may have. `nil` when there are too many words, or every
    /// node is of interest.
    func words(atMost limit: Int) -> Set<String>? {
        var words: Set<String> = Set(declared.map(\.name))
        for (tenant, affected) in networks {
            guard case .some(let names) = affected else { return nil }
            words.formUnion(names)
            for side in tenants[tenant] ?? [] {
                words.formUnion(side.tenant.groups.flatMap(\.members).flatMap(\.namedNodes))
                let policies = side.policies.values.filter { isOfInterest($0) }
                words.formUnion(policies.flatMap(\.namedNodes))
                words.formUnion(side.secrets.values.flatMap(\.sealed).map(\.node))
                let nodes = declared.filter { $0.kind == .node && $0.tenant == tenant }.compactMap {
                    side.nodes[$0.name]
                }
                words.formUnion(nodes.compactMap { $0.publicKey.map { "\($0)" } })
            }
            guard words.count <= limit else { return nil }
        }
        return words.count <= limit ? words : nil
    }

    /// Policies of networks that are not concerned name nodes that were not read.
    func withoutForeignPolicies(_ file: ManifestFile) -> ManifestFile {
        var file = file
        file.resources.removeAll { resource in
            if case .policy(let policy) = resource { !isOfInterest(policy) } else { false }
        }
        return file
    }

    private func isOfInterest(_ policy: Policy) -> Bool {
        guard let cvlan = policy.cvlan, let affected = networks[policy.metadata.tenant] else { return true }
        return declared.contains(ResourceID(kind: .policy, tenant: policy.metadata.tenant, name: policy.name))
            || affected.contains(cvlan)
    }
}
