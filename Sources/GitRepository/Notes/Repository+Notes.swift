extension Repository {
    /// Bytes of one note that are read.
    package static let maximumNoteByteCount = 256 << 10

    /// The commit that notes are at, or `nil` when there are none.
    package func tip(ofNotes name: String) throws(GitError) -> ObjectID? {
        try handle.target(of: Self.referenceName(notes: name))
    }

    /// All notes of a name, in the order of their paths; of one commit there may be several.
    package func notes(_ name: String) throws(GitError) -> [Note] {
        try noteTree(at: tip(ofNotes: name)).notes
    }

    /// Adds to what a note says of a commit, after a blank line, as `git notes append` does. Whoever does so at the same moment
    /// loses nothing.
    package func appendNote(
        _ text: [UInt8], to commit: ObjectID, in name: String, by author: Identity
    ) throws(GitError) {
        let reference = try Self.referenceName(notes: name)
        _ = try handle.commit(commit, limits)
        for attempt in 1... {
            let tip = try handle.target(of: reference)
            let tree = try noteTree(at: tip)
            let note = try edits(of: commit, in: tree) { (old) throws(GitError) in NoteText.join(old, text) }
            let next = try makeCommit(
                note, onTreeOf: tip, parents: tip.map { [$0] } ?? [], author: author, committer: author,
                message: "notes: add to \(commit.short)\n")
            do throws(GitError) {
                return try handle.moveReference(reference, from: tip, to: next)
            } catch {
                guard error.code == .moved, attempt < 10 else { throw error }
            }
        }
    }

    /// What both have said: `theirs`, with what only `ours` has. A commit that has both as its parents where neither is the
    /// other's ancestor.
    func mergeNotes(
        ours: ObjectID?, theirs: ObjectID?, by author: Identity
    ) throws(GitError) -> ObjectID? {
        guard let ours, let theirs else { return ours ?? theirs }
        if try isAncestor(ours, of: theirs) { return theirs }
        if try isAncestor(theirs, of: ours) { return ours }
        let (left, right) = (try noteTree(at: ours), try noteTree(at: theirs))
        let known = Set(right.notes.map { [$0.commit, $0.blob] })
        var all: [String: TreeEdit] = [:]
        for note in left.notes where !known.contains([note.commit, note.blob]) {
            let added = try blob(note.blob, limit: Self.maximumNoteByteCount)
            try all.merge(edits(of: note.commit, in: right) { (old) throws(GitError) in NoteText.join(old, added) }) {
                $1
            }
        }
        return try makeCommit(
            all, onTreeOf: theirs, parents: [theirs, ours], author: author, committer: author,
            message: "notes: merge\n")
    }

    private func noteTree(at tip: ObjectID?) throws(GitError) -> NoteTree {
        NoteTree(try tip.map { (tip) throws(GitError) in try entries(of: tip) } ?? [])
    }

    /// Makes one note of all that there are of a commit, with another text.
    private func edits(
        of commit: ObjectID, in tree: NoteTree, _ change: ([UInt8]) throws(GitError) -> [UInt8]
    ) throws(GitError) -> [String: TreeEdit] {
        let notes = tree.notes(of: commit)
        var text: [UInt8] = []
        for note in notes { text = NoteText.join(text, try blob(note.blob, limit: Self.maximumNoteByteCount)) }
        let changed = try change(text)
        guard changed.count <= Self.maximumNoteByteCount else {
            throw GitError(
                .tooLarge,
                "the note of \(commit.short) would have \(changed.count) bytes; \(Self.maximumNoteByteCount) are read")
        }
        var edits = Dictionary(notes.map { ($0.path, TreeEdit.remove) }) { first, _ in first }
        edits[notes.first?.path ?? tree.path(for: commit)] = .write(changed)
        return edits
    }
}

/// What notes say.
enum NoteText {
    /// Both, a blank line between; one that the other has already is not said again.
    static func join(_ old: [UInt8], _ added: [UInt8]) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        if old.isEmpty || added.firstRange(of: old) != nil { return added }
        if added.isEmpty || old.firstRange(of: added) != nil { return old }
        return old + (old.last == newline ? [] : [newline]) + [newline] + added
    }
}
