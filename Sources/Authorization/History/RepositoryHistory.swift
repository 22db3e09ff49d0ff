package import GitRepository
internal import ManifestSource
package import Manifests

/// A history that is in a repository.
package struct RepositoryHistory: HistorySource {
    private let repository: Repository
    private let reader: ManifestReader
    /// Of manifests that are read at once, whatever one commit has.
    private let bytesAtOnce: Int

    package init(
        _ repository: Repository, loader: ManifestLoader = ManifestLoader(), bytesAtOnce: Int = 64 << 20
    ) {
        self.repository = repository
        self.bytesAtOnce = bytesAtOnce
        reader = ManifestReader(repository, loader: loader)
    }

    package func commits(
        to tip: ObjectID, isKnown: @Sendable (ObjectID) -> Bool
    ) async throws -> [CommitNode] {
        try await repository.perform { repository in
            try repository.commits(to: tip, isKnown: isKnown).map { CommitNode(id: $0.id, parents: $0.parents) }
        }
    }

    package func objects(_ ids: [ObjectID]) async throws -> [[UInt8]?] {
        try await repository.perform { repository in
            try ids.map { id in
                do throws(GitError) {
                    return try repository.commitBytes(id, limit: CommitProof.maximumByteCount)
                } catch {
                    guard error.code == .tooLarge else { throw error }
                    return nil
                }
            }
        }
    }

    package func deltas(_ pairs: [TreePair]) async throws -> [TreeDelta] {
        let (budget, limit) = (bytesAtOnce, reader.loader.limits.fileBytes)
        let sides = try await repository.perform { repository in
            var sides: [Sides] = []
            var sum = 0
            for pair in pairs {
                let next = try Sides(repository.changes(from: pair.old, to: pair.new), in: repository, limit: limit)
                sum += next.byteCount
                guard sides.isEmpty || sum <= budget else { break }
                sides.append(next)
            }
            return sides
        }
        // The new side of one commit is mostly the old side of another: a file is parsed once.
        var files = try reader.files(sides.flatMap { $0.old + $0.new })[...]
        let parts = sides.map { side in
            let old = files.prefix(side.old.count)
            files = files.dropFirst(side.old.count)
            let new = files.prefix(side.new.count)
            files = files.dropFirst(side.new.count)
            return (old: Array(old), new: Array(new), byteCount: side.byteCount)
        }
        return Parallel.map(parts) { TreeDelta(from: $0.old, to: $0.new, byteCount: $0.byteCount) }
    }

    /// The files that differ between two trees.
    private struct Sides: Sendable {
        let old: [TreeEntry]
        let new: [TreeEntry]
        let byteCount: Int

        /// - Parameter limit: of a file; larger ones are not read.
        init(_ changes: [TreeChange], in repository: isolated Repository, limit: Int) throws(GitError) {
            // A mode that changes changes no manifest.
            let changes = changes.filter { $0.old?.manifest != $0.new?.manifest }
            old = changes.compactMap { $0.old?.manifest }
            new = changes.compactMap { $0.new?.manifest }
            var sum = 0
            for entry in old + new {
                let size = try repository.blobSize(entry.id)
                // An empty file costs something too.
                sum += 256 + (size > limit ? 0 : size)
            }
            byteCount = sum
        }
    }

    package func mergeBases(_ a: ObjectID, _ b: ObjectID) async throws -> [ObjectID] {
        try await repository.mergeBases(a, b)
    }

    package func commits(reachableFrom tips: [ObjectID], notFrom base: ObjectID) async throws -> [CommitNode] {
        try await repository.perform { repository in
            try repository.commits(reachableFrom: tips, notFrom: base).map { id in
                CommitNode(id: id, parents: try repository.parents(of: id))
            }
        }
    }

    package func has(_ commit: ObjectID) async throws -> Bool { await repository.hasCommit(commit) }

    package func tenants(of commit: ObjectID) async throws -> [Tenant] {
        let entries = try await repository.entries(of: commit).filter(\.isManifest)
        let search = ByteSearch([ResourceKind.tenant.rawValue])
        let loader = reader.loader
        let found = try reader.blobs.map(entries.map(\.id), limit: loader.limits.fileBytes) { index, content in
            // Nobody has accepted what cannot be read.
            guard case .bytes(let bytes) = content, search.mayFind(in: bytes) else { return [Tenant]() }
            return loader.load(path: entries[index].path, bytes: bytes).resources.compactMap { resource in
                if case .tenant(let tenant) = resource { tenant } else { nil }
            }
        }
        return found.flatMap { $0 }
    }

    package func enrollment(of commit: ObjectID) async throws -> EnrollmentProofs {
        EnrollmentProofs(of: try await repository.commit(commit))
    }
}

extension TreeEntry {
    /// Where a file holds manifests: what it is, whatever its mode.
    fileprivate var manifest: TreeEntry? {
        isManifest ? TreeEntry(path: path, kind: .file, id: id) : nil
    }
}
