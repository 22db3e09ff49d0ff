internal import GitRepository
internal import HashTreeCollections
internal import ManifestSource
internal import Manifests
internal import OverlayNetwork
internal import Plan

/// A tenant as one state commit has it.
struct TenantVersion {
    let name: String
    let manifests: TenantManifests
    let state: TenantState
    let time: Timestamp

    /// What its members run and reach in some networks. The addresses are those that are published.
    func image(_ networks: Set<String>) throws(NetworkErrors) -> TenantImage {
        try TenantImage(manifests, previous: state, at: time, .some(networks), plansAll: false)
    }
}

/// Reads tenants as states have them: the addresses from the state, the manifests from the commit of main that it names.
struct TenantVersions {
    private let store: ManifestStore
    let blobs: BlobReader
    private var trees: [ObjectID: SourceTree] = [:]

    /// Trees of commits that tenants are at; more than that are read again.
    private static let mostTrees = 16

    init(_ repository: Repository) {
        store = ManifestStore(repository: repository)
        blobs = BlobReader(repository)
    }

    /// `nil`: there was no such tenant.
    mutating func tenant(_ name: String, at step: StateStep) async throws -> TenantVersion? {
        let files = step.files.keys.filter { $0.tenant == name }
        let state = try blobs.state(files, step.files, step.commit.id)
        guard let tenant = state.tenants[name] else { return nil }
        guard let source = ObjectID(tenant.sourceCommit.description),
            let manifests = try await tree(source).manifests(of: name).tenants[name]
        else {
            throw AuditError("the manifests of tenant \(name) at \(tenant.sourceCommit) are not there")
        }
        return TenantVersion(name: name, manifests: manifests, state: tenant, time: step.evaluationTime)
    }

    /// Every tenant that there was.
    mutating func all(at step: StateStep) async throws -> [TenantVersion] {
        var versions: [TenantVersion] = []
        for name in Set(step.files.keys.compactMap(\.tenant)).sorted() {
            if let version = try await tenant(name, at: step) { versions.append(version) }
        }
        return versions
    }

    private mutating func tree(_ commit: ObjectID) async throws -> SourceTree {
        if let known = trees[commit] { return known }
        let tree = try await store.advance(to: commit)
        if trees.count >= Self.mostTrees { trees = [:] }
        trees[commit] = tree
        return tree
    }
}
