import Authorization
import GitRepository
import Manifests
import SSHSignatures
import Synchronization
import Testing

/// A history that is in memory: no git, and so as many commits of any shape as a test wants.
struct MemoryHistory: HistorySource {
    struct Entry: Sendable {
        let node: CommitNode
        let files: [String: String]
        let object: [UInt8]
        let message: String
        let seconds: Int64
    }

    private(set) var entries: [ObjectID: Entry] = [:]
    private(set) var order: [ObjectID] = []
    let reads = Reads()

    /// What was asked for.
    final class Reads: Sendable {
        private let objects = Mutex(0)
        private let deltas = Mutex(0)

        func add(objects count: Int) { objects.withLock { $0 += count } }
        func add(deltas count: Int) { deltas.withLock { $0 += count } }

        /// Since the last call.
        func take() -> (objects: Int, deltas: Int) {
            (
                objects.withLock { count in
                    defer { count = 0 }; return count
                },
                deltas.withLock { count in
                    defer { count = 0 }; return count
                }
            )
        }
    }

    func files(_ commit: ObjectID?) -> [String: String] { commit.flatMap { entries[$0]?.files } ?? [:] }

    /// A commit on others, by whoever signs (`nil`: nobody). Of a merge the tree is what git would make of it; where that
    /// would be a conflict, the first parent's. Then `edits` are written onto it (`nil`: removed).
    @discardableResult
    mutating func commit(
        _ edits: [String: String?] = [:], on parents: [ObjectID], by signer: SSHPrivateKey? = nil,
        message: String = "test", seconds: Int64 = 1_700_000_000
    ) throws -> ObjectID {
        var files = merged(parents)
        for (path, text) in edits { files[path] = text }
        let number = order.count + 1
        var bytes = [UInt8](repeating: 0, count: ObjectID.byteCount)
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }
        let id = try #require(ObjectID(bytes: bytes))
        let headers = ["tree \(String(repeating: "0", count: 32))\(number)"] + parents.map { "parent \($0)" }
        let person = "A U Thor <author@example.org> \(seconds) +0000"
        let payload = Array(
            "\(headers.joined(separator: "\n"))\nauthor \(person)\ncommitter \(person)\n\n\(message)\n".utf8)
        var object = payload
        if let signer {
            object = try #require(
                SignedCommit.object(payload, signature: SSHSignature(payload, by: signer).armored))
        }
        add(
            Entry(
                node: CommitNode(id: id, parents: parents), files: files, object: object, message: message,
                seconds: seconds))
        return id
    }

    /// The same commit with another's object: its signature with it.
    mutating func replaceObject(of commit: ObjectID, _ change: ([UInt8]) -> [UInt8]) throws {
        let entry = try #require(entries[commit])
        entries[commit] = Entry(
            node: entry.node, files: entry.files, object: change(entry.object), message: entry.message,
            seconds: entry.seconds)
    }

    private mutating func add(_ entry: Entry) {
        entries[entry.node.id] = entry
        order.append(entry.node.id)
    }

    private func merged(_ parents: [ObjectID]) -> [String: String] {
        var files = self.files(parents.first)
        for other in parents.dropFirst() {
            let base = self.files(bases(parents[0], other).first)
            let theirs = self.files(other)
            for path in Set(files.keys).union(theirs.keys) where files[path] == base[path] {
                files[path] = theirs[path]
            }
        }
        return files
    }

    // MARK: - The graph, by definition

    func ancestors(_ tips: [ObjectID]) -> Set<ObjectID> {
        var found: Set<ObjectID> = []
        var open = tips
        while let commit = open.popLast() {
            if found.insert(commit).inserted { open += entries[commit]?.node.parents ?? [] }
        }
        return found
    }

    func bases(_ a: ObjectID, _ b: ObjectID) -> [ObjectID] {
        let common = ancestors([a]).intersection(ancestors([b]))
        let older = common.reduce(into: Set<ObjectID>()) { found, commit in
            found.formUnion(ancestors(entries[commit]?.node.parents ?? []))
        }
        return common.subtracting(older).sorted()
    }

    // MARK: - HistorySource

    func commits(to tip: ObjectID, isKnown: @Sendable (ObjectID) -> Bool) async throws -> [CommitNode] {
        _ = try #require(entries[tip])
        var known: Set<ObjectID> = []
        var open = [tip]
        while let commit = open.popLast() {
            if !isKnown(commit), known.insert(commit).inserted { open += entries[commit]?.node.parents ?? [] }
        }
        return order.filter(known.contains).compactMap { entries[$0]?.node }
    }

    func objects(_ ids: [ObjectID]) async throws -> [[UInt8]?] {
        reads.add(objects: ids.count)
        return ids.compactMap { entries[$0]?.object }
    }

    func enrollment(of commit: ObjectID) async throws -> EnrollmentProofs {
        let entry = try #require(entries[commit])
        let values = entry.message.split(separator: "\n").filter { $0.hasPrefix("\(EnrollmentProofs.trailer): ") }
            .map { String($0.dropFirst(EnrollmentProofs.trailer.count + 2)) }
        return EnrollmentProofs(values, at: entry.seconds)
    }

    func deltas(_ pairs: [TreePair]) async throws -> [TreeDelta] {
        reads.add(deltas: pairs.count)
        return pairs.map { pair in
            let (old, new) = (files(pair.old), files(pair.new))
            let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
            return TreeDelta(
                from: Organization.load(old.filter { changed.contains($0.key) }),
                to: Organization.load(new.filter { changed.contains($0.key) }))
        }
    }

    func mergeBases(_ a: ObjectID, _ b: ObjectID) async throws -> [ObjectID] { bases(a, b) }

    func commits(reachableFrom tips: [ObjectID], notFrom base: ObjectID) async throws -> [CommitNode] {
        let gained = ancestors(tips).subtracting(ancestors([base]))
        return order.filter(gained.contains).compactMap { entries[$0]?.node }
    }

    func has(_ commit: ObjectID) async throws -> Bool { entries[commit] != nil }

    func tenants(of commit: ObjectID) async throws -> [Tenant] {
        ManifestSet(files: Organization.load(files(commit))).tenants.values.map(\.tenant)
    }
}
