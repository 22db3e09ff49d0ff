package import GitRepository
package import Manifests

/// The manifests of one commit, file by file. A value: commits that share files share what was parsed of them.
package struct SourceTree: Sendable {
    package let commit: ObjectID
    package private(set) var files: [String: Entry] = [:]
    /// In which files a tenant has documents.
    private var paths: [String: Set<String>] = [:]

    package struct Entry: Sendable {
        /// Of the content.
        package let blob: ObjectID
        package let file: ManifestFile
        /// Whose documents are in it, as far as that can be read.
        package let tenants: Set<String>

        init(blob: ObjectID, file: ManifestFile) {
            self.blob = blob
            self.file = file
            tenants = file.tenants
        }
    }

    /// The empty tree.
    package init(commit: ObjectID) {
        self.commit = commit
    }

    /// The tree of another commit, made from this one by what differs.
    func moved(to commit: ObjectID, changes: [(path: String, entry: Entry?)]) -> SourceTree {
        var tree = SourceTree(commit: commit)
        tree.files = files
        tree.paths = paths
        for (path, entry) in changes { tree.put(entry, at: path) }
        return tree
    }

    private mutating func put(_ entry: Entry?, at path: String) {
        for tenant in files[path]?.tenants ?? [] { paths[tenant]?.remove(path) }
        files[path] = entry
        for tenant in entry?.tenants ?? [] { paths[tenant, default: []].insert(path) }
    }

    /// The same commit as if `file` were in it: what an enrolment would make of it.
    package func adding(_ file: ManifestFile, at path: String) -> SourceTree {
        var tree = self
        tree.put(Entry(blob: commit, file: file), at: path)
        return tree
    }

    /// All tenants.
    package var manifests: ManifestSet { ManifestSet(files: files.values.map(\.file)) }

    /// What the files say in which a tenant has documents: other tenants may be in it, in part.
    package func manifests(of tenant: String) -> ManifestSet {
        ManifestSet(files: (paths[tenant] ?? []).compactMap { files[$0]?.file })
    }

    /// Which contents the tenant's manifests come from: equal ones give equal manifests.
    package func blobs(of tenant: String) -> [String: ObjectID] {
        (paths[tenant] ?? []).reduce(into: [:]) { $0[$1] = files[$1]?.blob }
    }
}
