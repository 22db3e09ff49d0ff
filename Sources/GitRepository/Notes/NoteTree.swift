/// A note as its tree has it: what is said of a commit, and where that is.
package struct Note: Hashable, Sendable {
    /// What it is about.
    package let commit: ObjectID
    /// What it says: `Repository.blob`.
    package let blob: ObjectID
    let path: String
}

/// The tree of a notes reference (git-notes(1)): a file for each commit, named by its id, in folders of two digits each
/// as soon as there are many. git reads any number of folders, and several files about one commit as one text.
struct NoteTree {
    /// In git's order.
    let notes: [Note]

    /// What has another name is no note, and stays.
    init(_ entries: [TreeEntry]) {
        notes = entries.compactMap { entry in
            guard entry.isFile, let commit = ObjectID(entry.path.filter { $0 != "/" }) else { return nil }
            return Note(commit: commit, blob: entry.id, path: entry.path)
        }
    }

    func notes(of commit: ObjectID) -> [Note] { notes.filter { $0.commit == commit } }

    /// Where a new note goes: into a folder as soon as git would make one, which is when there are two notes or more for each
    /// first digit (notes.c, `determine_fanout`). Those that are there stay where they are; git moves them when it writes.
    func path(for commit: ObjectID) -> String {
        let name = commit.description
        let isFlat = notes.allSatisfy { !$0.path.contains("/") }
        let counts = isFlat ? Dictionary(notes.map { ($0.path.first, 1) }, uniquingKeysWith: +) : [:]
        guard !isFlat || (counts.count == 16 && counts.values.allSatisfy { $0 > 1 }) else { return name }
        // As deep as the notes beside it are.
        let digits = Array(name)
        var folder = ""
        for depth in 0..<(digits.count / 2 - 1) {
            let next = folder + String(digits[2 * depth..<2 * depth + 2]) + "/"
            guard depth == 0 || notes.contains(where: { $0.path.hasPrefix(next) }) else { break }
            folder = next
        }
        return folder + name.dropFirst(folder.count - folder.filter { $0 == "/" }.count)
    }
}
