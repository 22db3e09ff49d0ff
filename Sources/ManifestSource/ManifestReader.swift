package import GitRepository
package import Manifests

/// Reads manifests from the object database on all cores. What comes out does not depend on how many there are.
package struct ManifestReader: Sendable {
    package let blobs: BlobReader
    package let loader: ManifestLoader

    package init(_ repository: Repository, loader: ManifestLoader = ManifestLoader()) {
        blobs = BlobReader(repository)
        self.loader = loader
    }

    /// What files of trees say, in the order given. The same content at the same path is parsed once.
    package func files(_ entries: [TreeEntry]) throws(GitError) -> [ManifestFile] {
        var positions: [TreeEntry: Int] = [:]
        var distinct: [TreeEntry] = []
        let order = entries.map { entry in
            if let known = positions[entry] { return known }
            positions[entry] = distinct.count
            distinct.append(entry)
            return distinct.count - 1
        }
        let files = try distinctFiles(distinct)
        return order.map { files[$0] }
    }

    /// As `files`, where no path is there twice.
    package func distinctFiles(_ entries: [TreeEntry]) throws(GitError) -> [ManifestFile] {
        try blobs.map(entries.map(\.id), limit: loader.limits.fileBytes) { index, content in
            loader.load(path: entries[index].path, content)
        }
    }

    /// The bytes of a file, for excerpts; `nil` for what is too large to be read.
    package func bytes(_ id: ObjectID) throws(GitError) -> [UInt8]? {
        guard case .bytes(let bytes) = try blobs.read(id, limit: loader.limits.fileBytes) else { return nil }
        return bytes
    }
}

extension ManifestLoader {
    func load(path: String, _ content: BlobContent) -> ManifestFile {
        switch content {
        case .bytes(let bytes): load(path: path, bytes: bytes)
        case .tooLarge(let size): refused(path: path, byteCount: size)
        }
    }
}

extension TreeEntry {
    /// Whether it is a file that holds manifests; links are not followed.
    package var isManifest: Bool { isFile && ManifestLoader.isManifest(path: path) }
}
