package import GitRepository
package import Manifests

/// All manifests of one commit, for a program that looks once.
package struct CommitManifests: Sendable {
    package let commit: ObjectID
    /// Sorted by path.
    package let files: [ManifestFile]
    private let blobs: [String: ObjectID]
    private let reader: ManifestReader

    /// - Parameter revision: a branch, a tag, an id, `main~2`.
    package init(
        of revision: String, in repository: Repository, loader: ManifestLoader = ManifestLoader()
    ) async throws(GitError) {
        let reader = ManifestReader(repository, loader: loader)
        let (commit, entries) = try await repository.entries(of: revision)
        let manifests = entries.filter(\.isManifest)
        self.commit = commit
        self.reader = reader
        blobs = Dictionary(uniqueKeysWithValues: manifests.map { ($0.path, $0.id) })
        files = try reader.files(manifests).sorted { $0.source.path < $1.source.path }
    }

    package var manifests: ManifestSet { ManifestSet(files: files) }

    /// The bytes of a manifest, as spans in it count lines; read again from the object database.
    package func text(of path: String) -> [UInt8]? {
        guard let blob = blobs[path] else { return nil }
        return (try? reader.bytes(blob)) ?? nil
    }
}

extension Repository {
    fileprivate func entries(of revision: String) throws(GitError) -> (ObjectID, [TreeEntry]) {
        let commit = try resolve(revision)
        return (commit, try entries(of: commit))
    }
}
