internal import CGit2

/// Edits sorted into directories.
struct EditTree {
    enum Node {
        case edit(TreeEdit)
        case directory(EditTree)
    }

    private(set) var nodes: [String: Node] = [:]

    init(_ edits: [String: TreeEdit]) throws(GitError) {
        for (path, edit) in edits {
            try insert(edit, at: TreePath(path).components[...], path)
        }
    }

    private init() {}

    private mutating func insert(
        _ edit: TreeEdit, at components: ArraySlice<String>, _ path: String
    ) throws(GitError) {
        guard let name = components.first else { return }
        let rest = components.dropFirst()
        switch (nodes[name], rest.isEmpty) {
        case (nil, true):
            nodes[name] = .edit(edit)
        case (nil, false):
            var directory = EditTree()
            try directory.insert(edit, at: rest, path)
            nodes[name] = .directory(directory)
        case (.directory(var directory), false):
            try directory.insert(edit, at: rest, path)
            nodes[name] = .directory(directory)
        default:
            throw GitError(.invalid, "'\(path)' is written as a file and as a directory at once")
        }
    }
}

/// Writes the trees of a new commit into the object database: those on the way to an edited path, no others.
struct TreeWriter {
    let handle: RepositoryHandle
    let limits: Limits

    /// The edited copy of `base`; `nil` when nothing is left in it.
    func write(_ edits: EditTree, onto base: ObjectID?) throws(GitError) -> ObjectID? {
        let walker = TreeWalker(handle, limits)
        let directory = try base.map { (id) throws(GitError) in try walker.open(id) }
        let builder = try Owned("building a tree", free: git_treebuilder_free) {
            git_treebuilder_new(&$0, handle.repository, directory?.pointer)
        }
        for (name, node) in edits.nodes {
            switch node {
            case .edit(.write(let bytes)):
                try insert(name, blob(bytes), GIT_FILEMODE_BLOB, builder)
            case .edit(.remove):
                try remove(name, builder)
            case .directory(let inner):
                let old = existingDirectory(name, builder)
                if let tree = try write(inner, onto: old) {
                    try insert(name, tree, GIT_FILEMODE_TREE, builder)
                } else if old != nil {
                    try remove(name, builder)
                }
            }
        }
        guard git_treebuilder_entrycount(builder.pointer) > 0 else { return nil }
        return try finish(builder)
    }

    /// The tree without entries, written like any other.
    func emptyTree() throws(GitError) -> ObjectID {
        try finish(
            Owned("building a tree", free: git_treebuilder_free) { git_treebuilder_new(&$0, handle.repository, nil) })
    }

    private func finish(_ builder: Owned) throws(GitError) -> ObjectID {
        var oid = git_oid()
        try LibGit2.check(git_treebuilder_write(&oid, builder.pointer), doing: "writing a tree")
        return ObjectID(oid)
    }

    private func blob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        var oid = git_oid()
        let code = bytes.withUnsafeBytes {
            git_odb_write(&oid, handle.objects, $0.baseAddress, $0.count, GIT_OBJECT_BLOB)
        }
        try LibGit2.check(code, doing: "writing a blob")
        return ObjectID(oid)
    }

    private func insert(
        _ name: String, _ id: ObjectID, _ mode: git_filemode_t, _ builder: Owned
    ) throws(GitError) {
        var oid = id.oid
        try LibGit2.check(
            git_treebuilder_insert(nil, builder.pointer, name, &oid, mode), doing: "adding '\(name)' to a tree")
    }

    /// The directory that a tree being built has under a name.
    private func existingDirectory(_ name: String, _ builder: Owned) -> ObjectID? {
        guard let entry = git_treebuilder_get(builder.pointer, name),
            git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE, let id = git_tree_entry_id(entry)
        else { return nil }
        return ObjectID(id.pointee)
    }

    private func remove(_ name: String, _ builder: Owned) throws(GitError) {
        guard git_treebuilder_get(builder.pointer, name) != nil else { return }
        try LibGit2.check(git_treebuilder_remove(builder.pointer, name), doing: "removing '\(name)' from a tree")
    }
}
