package import GitRepository
internal import HashTreeCollections
internal import ManifestSource
package import Manifests
internal import OverlayNetwork

/// One state commit, and what differs in it from the one before.
package struct StateStep: Sendable {
    package let commit: Commit
    package let height: UInt64
    package let source: ObjectID
    package let evaluationTime: Timestamp
    /// Since when it counts: see `StateWalk`.
    package let inForce: Timestamp
    /// Tenants that differ, and in which of their networks.
    package let changed: [String: Set<String>]
    /// Files beside the state itself that came with it, differ or are gone: roots, approvals.
    package let records: [TreeChange]
    /// Every file of the state, after it. States of one walk share what is the same.
    let files: TreeDictionary<StateFile, ObjectID>
}

/// Goes over the state commits from the first one, reading only what each of them changes.
///
/// A state commit says when its commit of main was written, and which instant expiries were compared with; not when the
/// controller made it, as replicas would then write different commits. It counts as in force from the latest of these, of the
/// committer's time of its source, and of the moment from which its predecessor counts: never before what it was made from,
/// and never backwards.
struct StateWalk {
    /// Of root documents and approvals.
    static let largestRecord = 1 << 20
    private let repository: Repository
    private let blobs: BlobReader
    private var files: TreeDictionary<StateFile, ObjectID> = [:]
    private var last: ObjectID?
    private var inForce = Timestamp(secondsSince1970: 0)

    init(_ repository: Repository, _ blobs: BlobReader) {
        self.repository = repository
        self.blobs = blobs
    }

    mutating func step(to commit: Commit) async throws -> StateStep {
        let from = last
        let changes = try await repository.perform { try $0.changes(from: from, to: commit.id) }
        var changed: [String: Set<String>] = [:]
        var records: [TreeChange] = []
        for change in changes {
            let file = StateFile(path: change.path)
            if let file, let tenant = file.tenant {
                changed[tenant, default: []].formUnion(file.network.map { [$0] } ?? [])
            } else if file != .root {
                records.append(change)
            }
            if let file { files[file] = change.new?.id }
        }
        last = commit.id
        let root = try blobs.state([.root], files, commit.id)
        guard let source = root.sourceCommit.flatMap({ ObjectID($0.description) }) else {
            throw AuditError("\(commit.id.short) is no state commit: it names no commit of main")
        }
        let written = await repository.perform { (try? $0.commit(source))?.committer.seconds ?? 0 }
        inForce = [inForce, root.evaluationTime, Timestamp(secondsSince1970: written)].max() ?? inForce
        return StateStep(
            commit: commit, height: root.height, source: source, evaluationTime: root.evaluationTime,
            inForce: inForce, changed: changed, records: records, files: files)
    }
}

extension BlobReader {
    /// Some files of a state, the root among them.
    func state(
        _ wanted: [StateFile], _ files: TreeDictionary<StateFile, ObjectID>, _ commit: ObjectID
    ) throws -> PublishedState {
        let found = Set(wanted + [.root]).compactMap { file in files[file].map { (path: file.path, id: $0) } }
        var contents: [(path: String, bytes: [UInt8])] = []
        for (path, id) in found {
            guard case .bytes(let bytes) = try read(id, limit: PublishedState.largestFile) else {
                throw AuditError("\(path) of \(commit.short) is larger than \(PublishedState.largestFile) bytes")
            }
            contents.append((path, bytes))
        }
        return try PublishedState(files: contents)
    }
}

extension StateFile {
    /// `nil`: it is no tenant's.
    var tenant: String? {
        switch self {
        case .tenant(let name), .cvlan(let name, _): name
        default: nil
        }
    }

    var network: String? {
        if case .cvlan(_, let name) = self { name } else { nil }
    }
}
