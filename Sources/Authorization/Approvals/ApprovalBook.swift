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

    private struct Key: Hashable {
        let commit, blob: ObjectID
    }

    private struct Text {
        let key: Key
        let size: Int
        let bytes: [UInt8]?
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

    /// Takes in what there is now.
    ///
    /// - Parameter state: the tip of the state branch.
    package mutating func read(from repository: Repository, state: ObjectID?) async throws(GitError) {
        let notes = try await repository.notes(Self.notes).map { Key(commit: $0.commit, blob: $0.blob) }
        var records: [Key] = []
        if let state {
            records = try await repository.entries(of: state, in: Self.folder).compactMap { entry in
                let name = entry.path.dropFirst(Self.folder.count + 1)
                return entry.isFile ? ObjectID(String(name)).map { Key(commit: $0, blob: entry.id) } : nil
            }
        }
        var read = try await parse(Array(Set(notes + records).subtracting(known.keys)), in: repository)
        pages = [:]
        for key in notes + records { read[key] = read[key] ?? known[key] }
        known = read
        for key in notes { pages[key.commit, default: Page()].noted.add(known[key]) }
        for key in records { pages[key.commit, default: Page()].recorded.add(known[key]) }
    }

    private func parse(_ keys: [Key], in repository: Repository) async throws(GitError) -> [Key: ApprovalNote] {
        var texts: [Text] = []
        for key in keys {
            // One that is too large is told of by its size alone.
            let size = try await repository.blobSize(key.blob)
            let bytes =
                size > ApprovalNote.maximumByteCount
                ? nil : try await repository.blob(key.blob, limit: ApprovalNote.maximumByteCount)
            texts.append(Text(key: key, size: size, bytes: bytes))
        }
        let notes = Parallel.map(texts) { text in
            text.bytes.map { ApprovalNote($0, of: text.key.commit) }
                ?? ApprovalNote(tooLarge: text.size, of: text.key.commit)
        }
        return Dictionary(zip(keys, notes)) { first, _ in first }
    }

    package var commits: [ObjectID] { pages.keys.sorted() }

    /// What is said of a commit: what is recorded first, in its order, then what only the notes have.
    package func entries(of commit: ObjectID) -> [Entry] {
        guard let page = pages[commit] else { return [] }
        let recorded = page.recorded.statements
        return recorded.map { Entry(statement: $0, isRecorded: true) }
            + page.noted.statements.filter { !recorded.contains($0) }.map { Entry(statement: $0, isRecorded: false) }
    }

    /// What the state branch is to keep of a commit, made of its statements alone; `nil`: there are none.
    package func record(of commit: ObjectID) -> String? {
        let entries = entries(of: commit)
        return entries.isEmpty ? nil : entries.map(\.statement.text).joined(separator: "\n")
    }

    /// What counts for nothing, in the order of commits.
    package var problems: [ApprovalNote.Problem] {
        pages.sorted { $0.key < $1.key }.flatMap { $0.value.recorded.problems + $0.value.noted.problems }
    }
}
