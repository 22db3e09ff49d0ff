package import GitRepository
package import Manifests

/// Parsed manifests by commit. It reads what differs from the commit that it read last, straight from the object
/// database, so a commit costs what it changes.
package actor ManifestStore {
    private let repository: Repository
    private let reader: ManifestReader
    private var latest: SourceTree?

    package init(repository: Repository, loader: ManifestLoader = ManifestLoader()) {
        self.repository = repository
        reader = ManifestReader(repository, loader: loader)
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
        let reader = reader
        do {
            return try await repository.perform { repository in
                try Self.read(commit, from: base, in: repository, reader)
            }
        } catch let error as GitError {
            throw error
        } catch {
            throw GitError(.corrupt, "reading \(commit.short): \(error)")
        }
    }

    private static func read(
        _ commit: ObjectID, from base: SourceTree?, in repository: isolated Repository, _ reader: ManifestReader
    ) throws -> SourceTree {
        // The base may be gone, when its branch was rewritten and the repository cleaned up.
        let base = base.flatMap { tree in (try? repository.commit(tree.commit)) == nil ? nil : tree }
        let changes = try repository.changes(from: base?.commit, to: commit)
            .filter { ManifestLoader.isManifest(path: $0.path) }
        let written = changes.compactMap(\.new).filter(\.isFile)
        let files = try reader.files(written)
        var read: [(path: String, entry: SourceTree.Entry?)] =
            changes.filter { $0.new?.isFile != true }.map { ($0.path, nil) }
        for (entry, file) in zip(written, files) {
            read.append((entry.path, SourceTree.Entry(blob: entry.id, file: file)))
        }
        return (base ?? SourceTree(commit: commit)).moved(to: commit, changes: read)
    }
}
