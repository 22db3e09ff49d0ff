package import GitRepository
internal import Manifests

/// All that people have signed of commits after these were made: in notes, and what the state branch has kept of them, so that
/// nothing changes for those who judge when the notes are gone. Reads only what is new.
package struct ApprovalBook: Sendable {
    /// `git notes --ref cvlan-approvals`.
    package static let notes = "cvlan-approvals"
    /// Of the state branch: a file for each commit, named by its id.
    package static let folder = "approvals"

    private var pages: [ObjectID: Page] = [:]
    /// By the commit that it is of and the blob that says it: neither ever changes.
    private var known: [Key: ApprovalNote] = [:]
    /// Why the notes cannot be read, and what to do.
    package private(set) var trouble: String?

    private struct Key: Hashable {
        let commit, blob: ObjectID
    }

    private enum Text {
        case bytes([UInt8])
        case tooLarge(Int)
        case unreadable(String)
    }

    private struct Page {
        var noted = ApprovalNote()
        var recorded = ApprovalNote()
    }

    package struct Entry: Hashable, Sendable {
        package let statement: SignedStatement
        /// Whether the state branch has it.
        package let isRecorded: Bool

        package init(statement: SignedStatement, isRecorded: Bool) {
            self.statement = statement
            self.isRecorded = isRecorded
        }
    }

    package init() {}

    /// Takes in what there is now. Notes are words that anybody may push, whatever protects branches: where they cannot be
    /// read, that costs nothing but them. Records have to be readable.
    ///
    /// - Parameter state: the tip of the state branch.
    package mutating func read(from repository: Repository, state: ObjectID?) async throws(GitError) {
        let notes = try await keysOfNotes(in: repository)
        var records: [Key] = []
        if let state {
            records = try await repository.entries(of: state, in: Self.folder).compactMap { entry in
                let name = entry.path.dropFirst(Self.folder.count + 1)
                return entry.isFile ? ObjectID(String(name)).map { Key(commit: $0, blob: entry.id) } : nil
            }
        }
        var read = try await parse(Set(records).subtracting(known.keys), areRecords: true, in: repository)
        read.merge(
            try await parse(Set(notes).subtracting(known.keys).subtracting(records), areRecords: false, in: repository)
        ) { record, _ in record }
        pages = [:]
        for key in notes + records { read[key] = read[key] ?? known[key] }
        known = read
        for key in notes { pages[key.commit, default: Page()].noted.add(known[key]) }
        for key in records { pages[key.commit, default: Page()].recorded.add(known[key]) }
    }

    private mutating func keysOfNotes(in repository: Repository) async throws(GitError) -> [Key] {
        trouble = nil
        do throws(GitError) {
            return try await repository.notes(Self.notes).map { Key(commit: $0.commit, blob: $0.blob) }
        } catch {
            guard !error.mayRetry else { throw error }
            trouble =
                "the notes of approvals cannot be read: \(error); none of them counts but those of the state branch. Push "
                + "refs/notes/\(Self.notes) back to what it was, or delete it"
            return []
        }
    }

    private func parse(
        _ keys: Set<Key>, areRecords: Bool, in repository: Repository
    ) async throws(GitError) -> [Key: ApprovalNote] {
        var texts: [(key: Key, text: Text)] = []
        for key in keys {
            do throws(GitError) {
                texts.append((key, try await text(key.blob, in: repository)))
            } catch {
                guard !areRecords, !error.mayRetry else { throw error }
                texts.append((key, .unreadable("\(error)")))
            }
        }
        let notes = Parallel.map(texts) { key, text in
            switch text {
            case .bytes(let bytes): ApprovalNote(bytes, of: key.commit)
            case .tooLarge(let size): ApprovalNote(tooLarge: size, of: key.commit)
            case .unreadable(let reason): ApprovalNote(unreadable: reason, of: key.commit)
            }
        }
        return Dictionary(zip(texts.map(\.key), notes)) { first, _ in first }
    }

    /// One that is too large is told of by its size alone.
    private func text(_ blob: ObjectID, in repository: Repository) async throws(GitError) -> Text {
        let size = try await repository.blobSize(blob)
        guard size <= ApprovalNote.maximumByteCount else { return .tooLarge(size) }
        return .bytes(try await repository.blob(blob, limit: ApprovalNote.maximumByteCount))
    }

    package var commits: [ObjectID] { pages.keys.sorted() }

    /// What is said of a commit: what is recorded first, in its order, then what only the notes have.
    package func entries(of commit: ObjectID) -> [Entry] {
        guard let page = pages[commit] else { return [] }
        let recorded = page.recorded.statements
        return recorded.map { Entry(statement: $0, isRecorded: true) }
            + page.noted.statements.filter { !recorded.contains($0) }.map { Entry(statement: $0, isRecorded: false) }
    }

    /// What the state branch is to keep of a commit, made of its statements alone: what it has, and of what is new whatever
    /// is worth `keeping`, once, and as long as whoever reads it looks at it. `nil`: it has all of that.
    package func record(of commit: ObjectID, keeping: (SignedStatement) -> Bool) -> String? {
        let entries = entries(of: commit)
        var kept = entries.filter(\.isRecorded).map(\.statement)
        let old = kept.count
        var size = kept.reduce(0) { $0 + $1.text.utf8.count + 1 }
        for entry in entries where !entry.isRecorded && keeping(entry.statement) {
            guard kept.count < ApprovalNote.maximumStatements else { break }
            guard !kept.contains(where: entry.statement.saysTheSame) else { continue }
            size += entry.statement.text.utf8.count + 1
            guard size <= ApprovalNote.maximumByteCount else { break }
            kept.append(entry.statement)
        }
        return kept.count == old ? nil : kept.map(\.text).joined(separator: "\n")
    }

    /// What counts for nothing, in the order of commits.
    package var problems: [ApprovalNote.Problem] {
        pages.sorted { $0.key < $1.key }.flatMap { $0.value.recorded.problems + $0.value.noted.problems }
    }
}
