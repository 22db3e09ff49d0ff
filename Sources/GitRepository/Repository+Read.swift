internal import CGit2

extension RepositoryHandle {
    /// Kind and size of an object, read from its header alone.
    func header(_ id: ObjectID, expecting type: git_object_t? = nil) throws(GitError) -> (size: Int, type: git_object_t)
    {
        var oid = id.oid
        var size = 0
        var found = GIT_OBJECT_INVALID
        try LibGit2.check(git_odb_read_header(&size, &found, objects, &oid), doing: "looking up the object \(id.short)")
        if let type, type != found {
            let names = (String(cString: git_object_type2string(found)), String(cString: git_object_type2string(type)))
            throw GitError(.invalid, "the object \(id.short) is a \(names.0), not a \(names.1)")
        }
        return (size, found)
    }

    /// An object's content. `.tooLarge` comes from the header, before the object is unpacked.
    func bytes(_ id: ObjectID, _ type: git_object_t, limit: Int) throws(GitError) -> [UInt8] {
        let size = try header(id, expecting: type).size
        guard size <= limit else {
            throw GitError(.tooLarge, "the object \(id.short) has \(size) bytes; at most \(limit) are read")
        }
        return try content(id)
    }

    /// An object's content, whatever its size.
    func content(_ id: ObjectID) throws(GitError) -> [UInt8] {
        var oid = id.oid
        let object = try Owned("reading the object \(id.short)", free: git_odb_object_free) {
            git_odb_read(&$0, objects, &oid)
        }
        let content = UnsafeRawBufferPointer(
            start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))
        return Array(content)
    }

    func commit(_ id: ObjectID, _ limits: Limits) throws(GitError) -> Owned {
        let size = try header(id, expecting: GIT_OBJECT_COMMIT).size
        guard size <= limits.objectBytes else {
            throw GitError(
                .tooLarge, "the commit \(id.short) has \(size) bytes; at most \(limits.objectBytes) are read")
        }
        var oid = id.oid
        return try Owned("reading the commit \(id.short)", free: git_commit_free) {
            git_commit_lookup(&$0, repository, &oid)
        }
    }

    func tree(ofCommit id: ObjectID, _ limits: Limits) throws(GitError) -> ObjectID {
        let commit = try commit(id, limits)
        guard let tree = git_commit_tree_id(commit.pointer) else {
            throw GitError(.corrupt, "the commit \(id.short) has no tree")
        }
        return ObjectID(tree.pointee)
    }

    /// What a reference points to, through symbolic ones; `nil` when there is no such reference.
    func target(of reference: String) throws(GitError) -> ObjectID? {
        var oid = git_oid()
        let code = git_reference_name_to_id(&oid, repository, reference)
        if code == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try LibGit2.check(code, doing: "reading \(reference)")
        return ObjectID(oid)
    }
}

extension Repository {
    /// The commit a branch points to, or `nil` when there is no such branch.
    package func tip(of branch: String) throws(GitError) -> ObjectID? {
        try handle.target(of: Self.referenceName(branch))
    }

    /// The commit that a branch of a remote was at when it was last fetched: `origin/main`.
    package func tip(ofRemoteBranch branch: String) throws(GitError) -> ObjectID? {
        _ = try Self.referenceName(branch)
        return try handle.target(of: "refs/remotes/" + branch)
    }

    /// The commit that is checked out; `nil` when nothing was committed yet.
    package func head() throws(GitError) -> ObjectID? { try handle.target(of: "HEAD") }

    /// The commit that a revision names: a branch, a tag, a full or shortened id, `main~2`. `.notFound` if none.
    package func resolve(_ revision: String) throws(GitError) -> ObjectID {
        guard !revision.utf8.contains(0), !revision.isEmpty else { throw GitError(.invalid, "an empty revision") }
        let found = try Owned("finding '\(revision)'", free: git_object_free) {
            git_revparse_single(&$0, handle.repository, revision)
        }
        let commit = try Owned("finding the commit '\(revision)'", free: git_object_free) {
            git_object_peel(&$0, found.pointer, GIT_OBJECT_COMMIT)
        }
        guard let id = git_object_id(commit.pointer) else { throw GitError(.notFound, "no commit '\(revision)'") }
        return ObjectID(id.pointee)
    }

    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        try Commit(handle.commit(id, limits), id)
    }

    /// A commit object as git hashes it, signature header included. `.tooLarge` comes before it is unpacked.
    package func commitBytes(_ id: ObjectID, limit: Int? = nil) throws(GitError) -> [UInt8] {
        try handle.bytes(id, GIT_OBJECT_COMMIT, limit: limit ?? limits.objectBytes)
    }

    /// Every file of a commit, in git's order.
    package func entries(of commit: ObjectID) throws(GitError) -> [TreeEntry] {
        var walker = TreeWalker(handle, limits)
        var entries: [TreeEntry] = []
        try walker.list(handle.tree(ofCommit: commit, limits), into: &entries)
        return entries
    }

    /// Every file in a folder of a commit, at its path from the root, in git's order; none where there is no such folder.
    package func entries(of commit: ObjectID, in folder: String) throws(GitError) -> [TreeEntry] {
        var walker = TreeWalker(handle, limits, in: Array((folder + "/").utf8))
        var tree = try handle.tree(ofCommit: commit, limits)
        for name in try TreePath(folder).components {
            guard let item = try walker.open(tree).item(named: name), item.isDirectory else { return [] }
            tree = item.id
        }
        var entries: [TreeEntry] = []
        try walker.list(tree, into: &entries)
        return entries
    }

    /// The paths whose content or kind differs between two commits, in git's order; against `nil`, every path. Cost
    /// follows the directories that differ, not the size of the tree.
    package func changes(from old: ObjectID?, to new: ObjectID?) throws(GitError) -> [TreeChange] {
        var walker = TreeWalker(handle, limits)
        var changes: [TreeChange] = []
        let trees = try [old, new].map { (commit) throws(GitError) in
            try commit.map { (id) throws(GitError) in try handle.tree(ofCommit: id, limits) }
        }
        try walker.compare(trees[0], trees[1], into: &changes)
        return changes
    }

    /// The file at a plain path (one that needs no quotes) in a commit, or `nil`. Directories are none.
    package func entry(at path: String, in commit: ObjectID) throws(GitError) -> TreeEntry? {
        let path = try TreePath(path)
        let root = try handle.tree(ofCommit: commit, limits)
        let walker = TreeWalker(handle, limits)
        var tree = root
        for (index, name) in path.components.enumerated() {
            guard let item = try walker.open(tree).item(named: name) else { return nil }
            guard item.isDirectory else {
                let last = index == path.components.count - 1
                return last ? TreeEntry(path: path.text, kind: item.kind, id: item.id) : nil
            }
            tree = item.id
        }
        return nil
    }

    /// Bytes in a blob, known without unpacking it.
    package func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        try handle.header(id, expecting: GIT_OBJECT_BLOB).size
    }

    /// A blob's content, straight from the object database: no filters, no line-end conversion. `.tooLarge` beyond
    /// `limit`, known before anything is unpacked.
    package func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
        try handle.bytes(id, GIT_OBJECT_BLOB, limit: limit)
    }
}

extension TreeWalker.Directory {
    func item(named name: String) -> TreeWalker.Item? {
        (0..<count).lazy.compactMap { self[$0] }.first { String(cString: $0.name) == name }
    }
}
