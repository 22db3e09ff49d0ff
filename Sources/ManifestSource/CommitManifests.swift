package import GitRepository
package import Manifests

/// All manifests of one commit, for a program that looks once.
package struct CommitManifests: Sendable {
    package let commit: ObjectID
    /// Sorted by path.
    package let files: [ManifestFile]
    /// Sorted by path.
    private let entries: [TreeEntry]
    private let reader: ManifestReader

    /// - Parameter revision: a branch, a tag, an id, `main~2`.
    package init(
        of revision: String, in repository: Repository, loader: ManifestLoader = ManifestLoader()
    ) async throws(GitError) {
        let reader = ManifestReader(repository, loader: loader)
        let (commit, entries) = try await repository.entries(of: revision)
        self.commit = commit
        self.reader = reader
        self.entries = entries.filter(\.isManifest).sorted { $0.path < $1.path }
        files = try reader.distinctFiles(self.entries)
    }

    package var manifests: ManifestSet { ManifestSet(files: files) }

    /// The bytes of a manifest, as spans in it count lines; read again from the object database.
    package func text(of path: String) -> [UInt8]? {
        let index = entries.partitioningIndex { $0.path >= path }
        guard index < entries.count, entries[index].path == path else { return nil }
        return (try? reader.bytes(entries[index].id)) ?? nil
    }
}

extension Repository {
    fileprivate func entries(of revision: String) throws(GitError) -> (ObjectID, [TreeEntry]) {
        let commit = try resolve(revision)
        return (commit, try entries(of: commit))
    }
}

extension Array {
    /// Where the elements begin that belong to the second part; those of the first come before all of them.
    fileprivate func partitioningIndex(_ belongsToSecond: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
