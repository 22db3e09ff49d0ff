package import GitRepository
package import Manifests

/// The manifests of two sides: of two commits, or of a commit and the working tree. Which files differ is known; nothing
/// is parsed but what is asked for.
package struct ManifestPair: Sendable {
    /// What a file holds on one side.
    package enum Content: Sendable, Equatable {
        case blob(ObjectID)
        /// Of the working tree.
        case file(FolderReader.Content)
    }

    /// A manifest that differs. `nil`: it is not there.
    package struct Change: Sendable {
        package let path: String
        package let old: Content?
        package let new: Content?
    }

    /// Sorted by path.
    package let changes: [Change]
    /// The files that are the same on both sides, in git's order.
    package let unchanged: [TreeEntry]
    package let reader: ManifestReader

    /// - Parameter base: `nil`: nothing at all, so that everything is new.
    package init(
        from base: ObjectID?, to head: ObjectID, in repository: Repository, loader: ManifestLoader = ManifestLoader()
    ) async throws(GitError) {
        reader = ManifestReader(repository, loader: loader)
        let (changes, entries) = try await repository.compare(base, head)
        self.changes = changes.compactMap(Change.init).sorted { $0.path < $1.path }
        let changed = Set(self.changes.map(\.path))
        unchanged = entries.filter { $0.isManifest && !changed.contains($0.path) }
    }

    /// The working tree, whatever of it git tracks, against a commit.
    package init(
        from base: ObjectID?, toWorkingTreeOf repository: Repository, loader: ManifestLoader = ManifestLoader()
    ) async throws {
        guard let folder = repository.workingTree else {
            throw GitError(.invalid, "\(repository.location) has no working tree")
        }
        reader = ManifestReader(repository, loader: loader)
        let files = try FolderReader(loader: loader).contents(of: folder)
        var entries: [String: TreeEntry] = [:]
        if let base {
            for entry in try await repository.entries(of: base) where entry.isManifest { entries[entry.path] = entry }
        }
        var changes: [Change] = []
        var unchanged: [TreeEntry] = []
        for (name, content) in files {
            let path = TreeEntry.path(name)
            // A name that a commit would not show as a manifest's is none here either.
            guard ManifestLoader.isManifest(path: path) else { continue }
            let entry = entries.removeValue(forKey: path)
            if let entry, case .bytes(let bytes) = content, ObjectID(ofBlob: bytes) == entry.id {
                unchanged.append(entry)
            } else {
                changes.append(Change(path: path, old: entry.map { .blob($0.id) }, new: .file(content)))
            }
        }
        changes += entries.values.map { Change(path: $0.path, old: .blob($0.id), new: nil) }
        self.changes = changes.sorted { $0.path < $1.path }
        self.unchanged = unchanged
    }
}

extension ManifestPair.Change {
    /// `nil` when it is none of a manifest.
    fileprivate init?(_ change: TreeChange) {
        let old = change.old.flatMap { $0.isManifest ? ManifestPair.Content.blob($0.id) : nil }
        let new = change.new.flatMap { $0.isManifest ? ManifestPair.Content.blob($0.id) : nil }
        // A mode that changes changes no manifest.
        guard old != new else { return nil }
        self.init(path: change.path, old: old, new: new)
    }
}

extension Repository {
    fileprivate func compare(
        _ base: ObjectID?, _ head: ObjectID
    ) throws(GitError) -> (changes: [TreeChange], entries: [TreeEntry]) {
        (try changes(from: base, to: head), try entries(of: head))
    }
}
