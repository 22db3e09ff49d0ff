package import GitRepository
package import ManifestSource
package import OverlayNetwork

/// What the tenants of a published state were made from, each read at the commit that the state names.
package struct LastGood: Sendable {
    package private(set) var tenants: [String: TenantController.InForce] = [:]
    /// Commits that the state names and that are not there: of a history that was rewritten. What was made from them has
    /// to be good at the new one.
    package private(set) var gone: [ObjectID] = []

    /// - Parameter known: what was in force in an earlier run; taken where it is of the same commit.
    package init(
        of state: PublishedState, knowing known: [String: TenantController.InForce] = [:], in repository: Repository,
        _ store: ManifestStore
    ) async throws {
        var trees: [SourceCommit: SourceTree?] = [:]
        for (name, tenant) in state.tenants {
            let commit = tenant.sourceCommit
            if let known = known[name], known.sourceCommit == commit {
                tenants[name] = known
                continue
            }
            let tree: SourceTree?
            if let known = trees[commit] {
                tree = known
            } else {
                tree = try await read(commit, in: repository, store)
                trees[commit] = .some(tree)
            }
            guard let tree, let manifests = tree.manifests(of: name).tenants[name] else { continue }
            tenants[name] = TenantController.InForce(
                manifests: manifests, sourceCommit: commit, blobs: tree.blobs(of: name))
        }
    }

    private mutating func read(
        _ commit: SourceCommit, in repository: Repository, _ store: ManifestStore
    ) async throws -> SourceTree? {
        guard let id = ObjectID(commit.description) else {
            throw GitError(.unsupported, "the state names the commit \(commit), which this version cannot read")
        }
        guard await repository.perform({ (try? $0.commit(id)) != nil }) else {
            gone.append(id)
            return nil
        }
        return try await store.tree(at: id)
    }
}
