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
    package nonisolated let limits: Limits
    nonisolated let credentials: Credentials
    nonisolated let branches: [String]
    private nonisolated let executor = QueueExecutor(label: "git.repository")
    nonisolated let network = DispatchQueue(label: "git.network")
    let handle: RepositoryHandle

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens what `location` names. A local repository (bare or not) is used where it is. Of a remote one a bare
    /// mirror of `branches` is kept at `mirror`, made when missing; nothing is fetched until `fetch` is called.
    /// Blocks on local disk only.
    package init(
        at location: Location, mirror: String? = nil, branches: [String] = ["main", "cvlan-state"],
        credentials: Credentials = Credentials(), limits: Limits = Limits()
    ) throws(GitError) {
        try LibGit2.start()
        for branch in branches { _ = try Self.referenceName(branch) }
        switch location {
        case .local(let path):
            handle = try RepositoryHandle(opening: path)
        case .remote:
            guard let mirror else { throw GitError(.invalid, "a remote repository needs a directory for its mirror") }
            handle = try RepositoryHandle(mirror: mirror)
        }
        directory = handle.directory
        self.location = location
        self.limits = limits
        self.credentials = credentials
        self.branches = branches
    }

    /// Runs several calls in one hop onto the repository's queue.
    package func perform<Value: Sendable>(
        _ body: @Sendable (isolated Repository) throws -> Value
    ) rethrows -> Value {
        try body(self)
    }

    /// `refs/heads/BRANCH`. Throws `.invalid` for what git does not take as a branch name.
    static func referenceName(_ branch: String) throws(GitError) -> String {
        let name = "refs/heads/" + branch
        var valid: Int32 = 0
        guard !branch.utf8.contains(0), !branch.hasPrefix("-"), git_reference_name_is_valid(&valid, name) == 0,
            valid == 1
        else { throw GitError(.invalid, "'\(branch)' is not a branch name") }
        return name
    }
}
