internal import CGit2
internal import Glibc

/// Reads tree objects within limits. Trees come from anyone who can push: names that could alias another path, and
/// orders that would hide an entry from a comparison, are `.corrupt`.
struct TreeWalker {
    let handle: RepositoryHandle
    let limits: Limits
    private(set) var visited = 0
    /// Path of the directory in hand, with its final slash.
    private var prefix: [UInt8]
    private var depth = 0

    init(_ handle: RepositoryHandle, _ limits: Limits, in prefix: [UInt8] = []) {
        self.handle = handle
        self.limits = limits
        self.prefix = prefix
    }

    /// One name in a tree. Points into the tree object, which must outlive it.
    struct Item {
        let name: UnsafePointer<CChar>
        let length: Int
        let mode: UInt32
        let id: ObjectID

        var isDirectory: Bool { mode == GIT_FILEMODE_TREE.rawValue }

        var kind: TreeEntry.Kind {
            switch mode {
            case GIT_FILEMODE_LINK.rawValue: .symbolicLink
            case GIT_FILEMODE_COMMIT.rawValue: .submodule
            case GIT_FILEMODE_BLOB_EXECUTABLE.rawValue: .executable
            default: .file
            }
        }

        /// Git's order: bytes, with directories as if their names ended in a slash.
        static func order(_ a: Item, _ b: Item) -> Int32 {
            let common = memcmp(a.name, b.name, min(a.length, b.length))
            guard common == 0 else { return common }
            func next(_ item: Item, after length: Int) -> UInt8 {
                item.length > length ? UInt8(bitPattern: item.name[length]) : item.isDirectory ? UInt8(ascii: "/") : 0
            }
            let length = min(a.length, b.length)
            let (left, right) = (next(a, after: length), next(b, after: length))
            return left == right ? Int32(truncatingIfNeeded: a.length - b.length) : Int32(left) - Int32(right)
        }
    }

    /// A tree object in memory.
    final class Directory {
        private let tree: Owned
        let count: Int

        init(_ tree: Owned) {
            self.tree = tree
            count = git_tree_entrycount(tree.pointer)
        }

        var pointer: OpaquePointer { tree.pointer }

        subscript(index: Int) -> Item? {
            guard let entry = git_tree_entry_byindex(tree.pointer, index), let name = git_tree_entry_name(entry),
                let id = git_tree_entry_id(entry)
            else { return nil }
            return Item(
                name: name, length: strlen(name), mode: git_tree_entry_filemode(entry).rawValue,
                id: ObjectID(id.pointee))
        }
    }

    func open(_ id: ObjectID) throws(GitError) -> Directory {
        let size = try handle.header(id, expecting: GIT_OBJECT_TREE).size
        guard size <= limits.objectBytes else {
            throw GitError(.tooLarge, "the tree \(id.short) has \(size) bytes; at most \(limits.objectBytes) are read")
        }
        var oid = id.oid
        return try Directory(
            Owned("reading the tree \(id.short)", free: git_tree_free) { git_tree_lookup(&$0, handle.repository, &oid) }
        )
    }

    // MARK: - Listing

    mutating func list(_ tree: ObjectID, into entries: inout [TreeEntry]) throws(GitError) {
        var cursor = Cursor(try open(tree))
        while let item = try next(&cursor) {
            if item.isDirectory {
                try enter(item) { (walker) throws(GitError) in try walker.list(item.id, into: &entries) }
            } else {
                entries.append(entry(item))
            }
        }
    }

    // MARK: - Comparing

    /// Reads only the directories that differ.
    mutating func compare(_ old: ObjectID?, _ new: ObjectID?, into changes: inout [TreeChange]) throws(GitError) {
        guard old != new else { return }
        var olds = Cursor(try old.map { (id) throws(GitError) in try open(id) })
        var news = Cursor(try new.map { (id) throws(GitError) in try open(id) })
        var left = try next(&olds)
        var right = try next(&news)
        while left != nil || right != nil {
            let order = if let left, let right { Item.order(left, right) } else { left == nil ? Int32(1) : Int32(-1) }
            let (old, new) = (order <= 0 ? left : nil, order >= 0 ? right : nil)
            try compare(old, new, into: &changes)
            if order <= 0 { left = try next(&olds) }
            if order >= 0 { right = try next(&news) }
        }
    }

    private mutating func compare(_ old: Item?, _ new: Item?, into changes: inout [TreeChange]) throws(GitError) {
        guard let item = new ?? old else { return }
        if let old, let new, old.id == new.id, old.mode == new.mode { return }
        if item.isDirectory {
            try enter(item) { (walker) throws(GitError) in try walker.compare(old?.id, new?.id, into: &changes) }
        } else {
            let (old, new) = (old.map(entry), new.map(entry))
            changes.append(TreeChange(path: (new ?? old)?.path ?? "", old: old, new: new))
        }
    }

    // MARK: - Steps

    private struct Cursor {
        let directory: Directory?
        var index = 0
        var previous: Item?

        init(_ directory: Directory?) { self.directory = directory }
    }

    private mutating func next(_ cursor: inout Cursor) throws(GitError) -> Item? {
        guard let directory = cursor.directory, cursor.index < directory.count else { return nil }
        guard let item = directory[cursor.index] else { throw damaged("an entry cannot be read") }
        visited += 1
        guard visited <= limits.treeEntries else {
            throw GitError(.tooLarge, "the tree has more than \(limits.treeEntries) entries")
        }
        let slash = memchr(item.name, Int32(UInt8(ascii: "/")), item.length) != nil
        guard item.length > 0, !slash, strcmp(item.name, ".") != 0, strcmp(item.name, "..") != 0 else {
            throw damaged("a name is empty, a dot or has a slash")
        }
        if let previous = cursor.previous, Item.order(previous, item) >= 0 {
            throw damaged("names are not in order or not unique")
        }
        cursor.index += 1
        cursor.previous = item
        return item
    }

    private mutating func enter(
        _ item: Item, _ body: (inout TreeWalker) throws(GitError) -> Void
    ) throws(GitError) {
        guard depth < limits.treeDepth else {
            throw GitError(.tooLarge, "directories are nested deeper than \(limits.treeDepth)")
        }
        let outer = prefix.count
        prefix.append(contentsOf: bytes(item))
        prefix.append(UInt8(ascii: "/"))
        depth += 1
        defer {
            depth -= 1
            prefix.removeLast(prefix.count - outer)
        }
        try body(&self)
    }

    private func entry(_ item: Item) -> TreeEntry {
        TreeEntry(path: QuotedPath.text(prefix + bytes(item)), kind: item.kind, id: item.id)
    }

    private func bytes(_ item: Item) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: item.name, count: item.length)
    }

    private func damaged(_ why: String) -> GitError {
        GitError(.corrupt, "the tree of '\(QuotedPath.text(prefix))' is malformed: \(why)")
    }
}
