internal import CGit2
internal import Dispatch

extension Repository {
    /// Brings the mirror's branches and notes to where the server's are: forced pushes are followed, deleted branches vanish.
    /// Does nothing for a local repository. One network operation of a repository runs at a time.
    package nonisolated func fetch() async throws(GitError) {
        guard case .remote(let url) = location else { return }
        try await onNetwork { (handle, session) throws(GitError) in
            try session.fetch(
                into: handle,
                self.branches.map { "+refs/heads/\($0):refs/heads/\($0)" }
                    + self.notes.map { "+\($0):\($0)" }.sorted())
        } with: {
            NetworkSession(url, self.credentials, self.limits)
        }
    }

    /// Makes a branch point to a commit of this repository for everyone: on the server, or in place when the
    /// repository is local. Only if it is now at `expected` (`nil`: absent): otherwise `.rejected` from a server,
    /// `.moved` locally, and nothing changes. Never forces.
    package nonisolated func publish(
        _ commit: ObjectID, to branch: String, replacing expected: ObjectID?
    ) async throws(GitError) {
        guard case .remote(let url) = location else {
            return try await moveBranch(branch, from: expected, to: commit)
        }
        let name = try Self.referenceName(branch)
        try await onNetwork { (handle, session) throws(GitError) in
            try session.push(commit, to: name, from: handle)
        } with: {
            let session = NetworkSession(url, self.credentials, self.limits)
            session.lease = NetworkSession.Lease(reference: name, expected: expected)
            return session
        }
        try await setBranch(branch, to: commit) { (_) throws(GitError) in }
    }

    /// Runs a blocking operation on the network queue, with a handle of its own: libgit2's are not for two threads.
    nonisolated func onNetwork(
        _ body: @escaping @Sendable (RepositoryHandle, NetworkSession) throws(GitError) -> Void,
        with session: @escaping @Sendable () -> NetworkSession
    ) async throws(GitError) {
        try await onNetwork { (handle) throws(GitError) in try body(handle, session()) }
    }

    nonisolated func onNetwork(
        _ body: @escaping @Sendable (RepositoryHandle) throws(GitError) -> Void
    ) async throws(GitError) {
        let outcome: Result<Void, GitError> = await withCheckedContinuation { continuation in
            network.async {
                do throws(GitError) {
                    try body(RepositoryHandle(opening: self.directory))
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try outcome.get()
    }
}

extension NetworkSession {
    func fetch(into handle: RepositoryHandle, _ refspecs: [String]) throws(GitError) {
        try run("fetching from \(url)", handle) { remote in
            Transfer.fetch(refspecs, from: remote) { self.install(in: &$0) }
        }
    }

    func push(_ commit: ObjectID, to reference: String, from handle: RepositoryHandle) throws(GitError) {
        try Transfer.naming(commit, in: handle) { (outgoing) throws(GitError) in
            try run("pushing to \(url)", handle) { remote in
                Transfer.push("\(outgoing):\(reference)", to: remote) { self.install(in: &$0) }
            }
        }
    }

    private func run(
        _ what: String, _ handle: RepositoryHandle, _ body: (OpaquePointer) -> Int32
    ) throws(GitError) {
        switch url.scheme {
        case .ssh:
            try bounded(what, handle, body)
        case .https:
            try SystemTrust.withAuthorities(credentials.caFile) { () throws(GitError) in
                try bounded(what, handle, body)
            }
        }
    }

    private func bounded(
        _ what: String, _ handle: RepositoryHandle, _ body: (OpaquePointer) -> Int32
    ) throws(GitError) {
        try NetworkDeadline.run(seconds: limits.networkSeconds) { () throws(GitError) in
            let remote = try Owned(what, free: git_remote_free) {
                git_remote_create_anonymous(&$0, handle.repository, url.description)
            }
            let code = withExtendedLifetime(remote) { body(remote.pointer) }
            if let failure { throw failure }
            try LibGit2.check(code, doing: what)
        }
    }
}
