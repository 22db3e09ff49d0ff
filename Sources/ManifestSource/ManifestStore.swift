package import GitRepository
package import Manifests

/// Parsed manifests by commit. It reads what differs from the commit that it read last, straight from the object
/// database, so a commit costs what it changes.
package actor ManifestStore {
    private let repository: Repository
    private let loader: ManifestLoader
    private var latest: SourceTree?

    package init(repository: Repository, loader: ManifestLoader = ManifestLoader()) {
        self.repository = repository
        self.loader = loader
    }

    /// The manifests of a commit of the main branch; it is the base for the next.
    package func advance(to commit: ObjectID) async throws(GitError) -> SourceTree {
        let tree = try await tree(at: commit)
        latest = tree
        return tree
    }

    /// The manifests of any commit.
    package func tree(at commit: ObjectID) async throws(GitError) -> SourceTree {
        let base = latest
        if let base, base.commit == commit { return base }
        let loader = loader
        do {
            return try await repository.perform { repository in
                try Self.read(commit, from: base, in: repository, loader)
            }
        } catch let error as GitError {
            throw error
        } catch {
            throw GitError(.corrupt, "reading \(commit.short): \(error)")
        }
    }

    private static func read(
        _ commit: ObjectID, from base: SourceTree?, in repository: isolated Repository, _ loader: ManifestLoader
    ) throws -> SourceTree {
        // The base may be gone, when its branch was rewritten and the repository cleaned up.
        let base = base.flatMap { tree in (try? repository.commit(tree.commit)) == nil ? nil : tree }
        let changes = try repository.changes(from: base?.commit, to: commit)
        var read: [(path: String, entry: SourceTree.Entry?)] = []
        for change in changes where ManifestLoader.isManifest(path: change.path) {
            guard let entry = change.new, entry.isFile else {
                read.append((change.path, nil))
                continue
            }
            let size = try repository.blobSize(entry.id)
            let file =
                size > loader.limits.fileBytes
                ? loader.refused(path: change.path, byteCount: size)
                : loader.load(path: change.path, bytes: try repository.blob(entry.id, limit: loader.limits.fileBytes))
            read.append((change.path, SourceTree.Entry(blob: entry.id, file: file)))
        }
        return (base ?? SourceTree(commit: commit)).moved(to: commit, changes: read)
    }
}
