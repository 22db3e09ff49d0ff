package import GitRepository
package import Manifests

extension ManifestPair {
    /// What a file that differs says on both sides.
    package struct ChangedFile: Sendable {
        package let path: String
        package let old: ManifestFile?
        package let new: ManifestFile?

        /// Whose documents are in it on either side, as far as that can be read, and whose folder it is in.
        package var tenants: Set<String> {
            [old, new].compactMap { $0?.tenants }.reduce(
                into: Set(ManifestLoader.tenant(ofPath: path).map { [$0] } ?? [])
            ) {
                $0.formUnion($1)
            }
        }
    }

    /// A file that is the same on both sides, looked into.
    package enum Reading: Sendable {
        case parsed(ManifestFile)
        /// Kept to be parsed later, perhaps.
        case kept(path: String, [UInt8])
    }

    /// What to do with a file that is the same on both sides.
    package enum Choice: Sendable {
        case parse, keep, leave
    }

    /// All files that differ.
    package func changedFiles() throws(GitError) -> [ChangedFile] {
        let blobs = changes.flatMap { change in
            [change.old, change.new].compactMap { content -> TreeEntry? in
                guard case .blob(let id)? = content else { return nil }
                return TreeEntry(path: change.path, kind: .file, id: id)
            }
        }
        var files = try reader.files(blobs)[...]
        func file(_ change: Change, _ content: Content?) -> ManifestFile? {
            switch content {
            case .blob?: files.popFirst()
            case .file(let content)?: reader.loader.load(path: change.path, content)
            case nil: nil
            }
        }
        return changes.map { change in
            let old = file(change, change.old)
            return ChangedFile(path: change.path, old: old, new: file(change, change.new))
        }
    }

    /// Looks into every file that is the same on both sides.
    ///
    /// - Parameter choose: what to do with a path and its bytes; called on several threads. What is too large to be read
    ///   is always parsed, which says so.
    package func unchangedFiles(
        _ choose: @Sendable (String, [UInt8]) -> Choice
    ) throws(GitError) -> [Reading] {
        let entries = unchanged
        let loader = reader.loader
        return try reader.blobs.map(entries.map(\.id), limit: loader.limits.fileBytes) { index, content -> Reading? in
            let path = entries[index].path
            guard case .bytes(let bytes) = content else { return .parsed(loader.load(path: path, content)) }
            switch choose(path, bytes) {
            case .parse: return .parsed(loader.load(path: path, content))
            case .keep: return .kept(path: path, bytes)
            case .leave: return nil
            }
        }.compactMap { $0 }
    }

    /// Parses what was kept, on all cores.
    package func parse(_ kept: [(path: String, bytes: [UInt8])]) -> [ManifestFile] {
        let loader = reader.loader
        return Parallel.map(kept) { loader.load(path: $0.path, bytes: $0.bytes) }
    }
}

extension ManifestFile {
    /// Whose documents are in it, as far as that can be read.
    package var tenants: Set<String> {
        Set(resources.map(\.metadata.tenant) + undecodable.map(\.tenant) + problems.compactMap(\.tenant))
    }
}
