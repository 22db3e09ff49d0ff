internal import CGit2
internal import Dispatch

extension Repository {
    /// Brings the mirror's branches to where the server's are: forced pushes are followed, deleted branches vanish.
    /// Does nothing for a local repository. One network operation of a repository runs at a time.
    package nonisolated func fetch() async throws(GitError) {
        guard case .remote(let url) = location else { return }
        try await onNetwork { (handle, session) throws(GitError) in
            try session.fetch(into: handle, self.branches)
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
    private nonisolated func onNetwork(
        _ body: @escaping @Sendable (RepositoryHandle, NetworkSession) throws(GitError) -> Void,
        with session: @escaping @Sendable () -> NetworkSession
    ) async throws(GitError) {
        let outcome: Result<Void, GitError> = await withCheckedContinuation { continuation in
            network.async {
                do throws(GitError) {
                    try body(RepositoryHandle(opening: self.directory), session())
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
    func fetch(into handle: RepositoryHandle, _ branches: [String]) throws(GitError) {
        try run("fetching from \(url)", handle) { remote in
            var options = git_fetch_options()
            git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
            options.prune = GIT_FETCH_PRUNE
            options.update_fetchhead = 0
            options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
            options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
            options.proxy_opts.type = GIT_PROXY_AUTO
            install(in: &options.callbacks)
            return withStrings(branches.map { "+refs/heads/\($0):refs/heads/\($0)" }) {
                git_remote_fetch(remote, $0, &options, "fetch")
            }
        }
    }

    func push(_ commit: ObjectID, to reference: String, from handle: RepositoryHandle) throws(GitError) {
        // libgit2 pushes references only, so the commit gets one for the while.
        let outgoing = "refs/cvlan/outgoing/\(commit)"
        var oid = commit.oid
        let created = try Owned("naming \(commit.short)", free: git_reference_free) {
            git_reference_create(&$0, handle.repository, outgoing, &oid, 1, nil)
        }
        defer { git_reference_delete(created.pointer) }
        try run("pushing to \(url)", handle) { remote in
            var options = git_push_options()
            git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
            options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
            options.proxy_opts.type = GIT_PROXY_AUTO
            install(in: &options.callbacks)
            return withStrings(["\(outgoing):\(reference)"]) { git_remote_push(remote, $0, &options) }
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
            let code = body(remote.pointer)
            if let failure { throw failure }
            try LibGit2.check(code, doing: what)
        }
    }
}

/// Calls `body` with C strings that live until it returns.
private func withStrings(_ strings: [String], _ body: (UnsafePointer<git_strarray>) -> Int32) -> Int32 {
    var copies = strings.map { Array($0.utf8CString) }
    var pointers: [UnsafeMutablePointer<CChar>?] = copies.indices.map { index in
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: copies[index].count)
        memory.initialize(from: &copies[index], count: copies[index].count)
        return memory
    }
    defer { pointers.forEach { $0?.deallocate() } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        var array = git_strarray(strings: buffer.baseAddress, count: buffer.count)
        return body(&array)
    }
}
