internal import CGit2

extension Commit {
    init(_ commit: Owned, _ id: ObjectID) throws(GitError) {
        let pointer = commit.pointer
        guard let tree = git_commit_tree_id(pointer), let author = git_commit_author(pointer),
            let committer = git_commit_committer(pointer)
        else { throw GitError(.corrupt, "the commit \(id.short) lacks a tree, an author or a committer") }
        let message = git_commit_message_raw(pointer).map { String(cString: $0) } ?? ""
        self.init(
            id: id,
            tree: ObjectID(tree.pointee),
            parents: (0..<git_commit_parentcount(pointer)).compactMap { index in
                git_commit_parent_id(pointer, index).map { ObjectID($0.pointee) }
            },
            author: Identity(author.pointee),
            committer: Identity(committer.pointee),
            message: message,
            trailers: Trailer.parse(message))
    }
}

extension Identity {
    init(_ signature: git_signature) {
        self.init(
            name: signature.name.map { String(cString: $0) } ?? "",
            email: signature.email.map { String(cString: $0) } ?? "",
            seconds: signature.when.time,
            offsetMinutes: Int(signature.when.offset))
    }
}

extension Trailer {
    /// As `git interpret-trailers --parse` finds them; none when the message does not end in a trailer block.
    package static func parse(_ message: String) -> [Trailer] {
        var found = git_message_trailer_array()
        guard git_message_trailers(&found, message) == 0 else { return [] }
        defer { git_message_trailer_array_free(&found) }
        return (0..<found.count).compactMap { index in
            guard let key = found.trailers[index].key, let value = found.trailers[index].value else { return nil }
            return Trailer(key: String(cString: key), value: String(cString: value))
        }
    }
}
