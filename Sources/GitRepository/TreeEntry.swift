/// A file of a commit's tree. Directories are not listed: git has none without files.
package struct TreeEntry: Hashable, Sendable {
    package enum Kind: Sendable, Hashable {
        case file
        case executable
        /// The blob holds the target; it is never followed.
        case symbolicLink
        /// A commit of another repository; there is no blob to read.
        case submodule
    }

    /// From the root, with slashes. As `git ls-tree` prints it: plain where every byte is printable ASCII but `"` and
    /// `\`, otherwise in double quotes with C escapes. So two entries never have equal paths, and a path is safe to
    /// print.
    package let path: String
    package let kind: Kind
    package let id: ObjectID

    package init(path: String, kind: Kind, id: ObjectID) {
        self.path = path
        self.kind = kind
        self.id = id
    }

    /// A path of the file system in the form of `path`.
    package static func path(_ text: String) -> String { QuotedPath.text(Array(text.utf8)) }

    /// Whether there is a blob of file content to read.
    package var isFile: Bool { kind == .file || kind == .executable }
}

/// How one path differs between two trees. A changed kind with the same content is a change too.
package struct TreeChange: Hashable, Sendable {
    package let path: String
    /// `nil` when the path was added.
    package let old: TreeEntry?
    /// `nil` when the path was removed.
    package let new: TreeEntry?

    package init(path: String, old: TreeEntry?, new: TreeEntry?) {
        self.path = path
        self.old = old
        self.new = new
    }
}

/// What a new tree does to one path of its base.
package enum TreeEdit: Hashable, Sendable {
    /// A regular file with these bytes, whatever the path was before.
    case write([UInt8])
    /// Nothing there; no error when there was nothing. Directories that become empty vanish.
    case remove

    package static func write(_ text: String) -> TreeEdit { .write(Array(text.utf8)) }
}
