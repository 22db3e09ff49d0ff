internal import CGit2
internal import Dispatch

/// A git repository: objects and references, never a working tree.
///
/// An actor on a queue of its own, so blocking calls keep no cooperative thread; a batch of calls under one
/// `perform` costs one hop. `fetch` and `publish` run beside it on a second handle: reading goes on meanwhile.
package actor Repository {
    package nonisolated let location: Location
    /// The directory that holds the objects: the repository's own `.git`, or that of the mirror.
    package nonisolated let directory: String
    /// The folder that is checked out, without a slash at the end; `nil` of a bare repository.
    package nonisolated let workingTree: String?
    /// Whether history was left out when it was cloned: commits before the oldest are not there.
    package nonisolated let isShallow: Bool
    package nonisolated let limits: Limits
    nonisolated let credentials: Credentials
    nonisolated let branches: [String]
    /// References of notes, that are mirrored as well.
    nonisolated let notes: Set<String>
    private nonisolated let executor = QueueExecutor(label: "git.repository")
    nonisolated let network = DispatchQueue(label: "git.network")
    let handle: RepositoryHandle

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens what `location` names. A local repository (bare or not) is used where it is. Of a remote one a bare
    /// mirror of `branches` and `notes` is kept at `mirror`, made when missing; nothing is fetched until `fetch` is called.
    /// Blocks on local disk only.
    package init(
        at location: Location, mirror: String? = nil, branches: [String] = ["main", "cvlan-state"],
        notes: [String] = ["cvlan-approvals"], credentials: Credentials = Credentials(), limits: Limits = Limits()
    ) throws(GitError) {
        try LibGit2.start()
        for branch in branches { _ = try Self.referenceName(branch) }
        self.notes = Set(try notes.map { (name) throws(GitError) in try Self.referenceName(notes: name) })
        switch location {
        case .local(let path):
            handle = try RepositoryHandle(opening: path)
        case .remote:
            guard let mirror else { throw GitError(.invalid, "a remote repository needs a directory for its mirror") }
            handle = try RepositoryHandle(mirror: mirror)
        }
        directory = handle.directory
        workingTree = handle.workingTree
        isShallow = handle.isShallow
        self.location = location
        self.limits = limits
        self.credentials = credentials
        self.branches = branches
    }

    /// Opens the local repository that a folder is in, at its root or below.
    package init(around folder: String) throws(GitError) {
        try LibGit2.start()
        var found = git_buf()
        defer { git_buf_dispose(&found) }
        guard git_repository_discover(&found, folder, 0, nil) == 0, let path = found.ptr else {
            git_error_clear()
            throw GitError(.notFound, "\(folder) is in no git repository")
        }
        try self.init(at: .local(path: String(cString: path)))
    }

    /// Runs several calls in one hop onto the repository's queue.
    package func perform<Value: Sendable>(
        _ body: @Sendable (isolated Repository) throws -> Value
    ) rethrows -> Value {
        try body(self)
    }

    /// `refs/heads/BRANCH`. Throws `.invalid` for what git does not take as a branch name.
    static func referenceName(_ branch: String) throws(GitError) -> String {
        guard let name = reference(in: "refs/heads/", branch) else {
            throw GitError(.invalid, "'\(branch)' is not a branch name")
        }
        return name
    }

    /// `refs/notes/NAME`, where `git notes --ref NAME` keeps them.
    static func referenceName(notes name: String) throws(GitError) -> String {
        guard let name = reference(in: "refs/notes/", name) else {
            throw GitError(.invalid, "'\(name)' is not a name for notes")
        }
        return name
    }

    private static func reference(in folder: String, _ name: String) -> String? {
        var valid: Int32 = 0
        guard !name.utf8.contains(0), !name.hasPrefix("-"), git_reference_name_is_valid(&valid, folder + name) == 0,
            valid == 1
        else { return nil }
        return folder + name
    }
}
