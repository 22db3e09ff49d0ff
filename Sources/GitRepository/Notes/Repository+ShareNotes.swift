internal import CGit2

extension Repository {
    /// Where a clone's `git push` goes, by its configuration: `remote.pushDefault`, the remote of the branch that is
    /// checked out, or `origin`. `nil`: it has no remote.
    package func pushLocation() throws(GitError) -> Location? {
        let (chosen, tracked) = (try configuration("remote.pushDefault"), try branchRemote())
        let name = chosen ?? tracked ?? "origin"
        var found: OpaquePointer?
        let code = git_remote_lookup(&found, handle.repository, name)
        if code == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        let remote = try Owned("reading the remote \(name)", free: git_remote_free) {
            $0 = found
            return code
        }
        let url = withExtendedLifetime(remote) {
            (git_remote_pushurl(remote.pointer) ?? git_remote_url(remote.pointer)).map { String(cString: $0) }
        }
        guard let url else { return nil }
        let location = try Location(url)
        guard case .local(let path) = location, !path.hasPrefix("/") else { return location }
        return .local(path: (workingTree ?? directory) + "/" + path)
    }

    private func branchRemote() throws(GitError) -> String? {
        let head = try Owned("reading HEAD", free: git_reference_free) {
            git_reference_lookup(&$0, handle.repository, "HEAD")
        }
        let prefix = "refs/heads/"
        let target = withExtendedLifetime(head) {
            git_reference_symbolic_target(head.pointer).map { String(cString: $0) }
        }
        guard let target, target.hasPrefix(prefix) else { return nil }
        return try configuration("branch.\(target.dropFirst(prefix.count)).remote")
    }

    /// A setting of git's, of this repository, its user or this machine. `nil`: not set.
    package func configuration(_ key: String) throws(GitError) -> String? {
        let configuration = try Owned("reading git's configuration", free: git_config_free) {
            git_repository_config_snapshot(&$0, handle.repository)
        }
        var text: UnsafePointer<CChar>?
        return try withExtendedLifetime(configuration) { () throws(GitError) in
            let code = git_config_get_string(&text, configuration.pointer, key)
            if code == GIT_ENOTFOUND.rawValue {
                git_error_clear()
                return nil
            }
            try LibGit2.check(code, doing: "reading \(key) of git's configuration")
            return text.map { String(cString: $0) }
        }
    }

    /// Makes the notes of a name here and elsewhere those of both. Whoever does so at the same moment loses nothing.
    package nonisolated func shareNotes(
        _ name: String, with other: Location, by author: Identity
    ) async throws(GitError) {
        let reference = try Self.referenceName(notes: name)
        let incoming = "refs/cvlan/incoming/" + name
        for attempt in 1... {
            try await receive(reference, as: incoming, from: other)
            let (theirs, merged) = try await takeNotes(reference, from: incoming, by: author)
            guard let merged, merged != theirs else { return }
            do throws(GitError) {
                return try await send(merged, to: reference, replacing: theirs, at: other)
            } catch {
                guard [.rejected, .moved].contains(error.code), attempt < 10 else { throw error }
            }
        }
    }

    private func takeNotes(
        _ reference: String, from incoming: String, by author: Identity
    ) throws(GitError) -> (theirs: ObjectID?, merged: ObjectID?) {
        var attempt = 0
        while true {
            attempt += 1
            let (ours, theirs) = (try handle.target(of: reference), try handle.target(of: incoming))
            let merged = try mergeNotes(ours: ours, theirs: theirs, by: author)
            guard let merged, merged != ours else { return (theirs, merged) }
            do throws(GitError) {
                try handle.moveReference(reference, from: ours, to: merged)
                return (theirs, merged)
            } catch {
                guard error.code == .moved, attempt < 10 else { throw error }
            }
        }
    }

    private nonisolated func receive(
        _ reference: String, as incoming: String, from other: Location
    ) async throws(GitError) {
        let refspec = "+\(reference):\(incoming)"
        switch other {
        case .remote(let url):
            try await onNetwork { (handle, session) throws(GitError) in
                try session.fetch(into: handle, [refspec])
            } with: {
                NetworkSession(url, self.credentials, self.limits)
            }
        case .local(let path):
            try await onNetwork { (handle) throws(GitError) in
                try LocalTransfer(path).fetch(refspec, into: handle)
            }
        }
    }

    private nonisolated func send(
        _ commit: ObjectID, to reference: String, replacing expected: ObjectID?, at other: Location
    ) async throws(GitError) {
        switch other {
        case .remote(let url):
            try await onNetwork { (handle, session) throws(GitError) in
                try session.push(commit, to: reference, from: handle)
            } with: {
                let session = NetworkSession(url, self.credentials, self.limits)
                session.lease = NetworkSession.Lease(reference: reference, expected: expected)
                return session
            }
        case .local(let path):
            try await onNetwork { (handle) throws(GitError) in
                try LocalTransfer(path).push(commit, to: reference, replacing: expected, from: handle)
            }
        }
    }
}

/// Fetches from and pushes to a repository on this machine.
private struct LocalTransfer {
    let path: String

    init(_ path: String) { self.path = path }

    func fetch(_ refspec: String, into handle: RepositoryHandle) throws(GitError) {
        let what = "fetching from \(path)"
        let remote = try remote(what, handle)
        let code = withExtendedLifetime(remote) { Transfer.fetch([refspec], from: remote.pointer) }
        try LibGit2.check(code, doing: what)
    }

    /// The reference itself is moved in its repository, under git's lock: libgit2 would not compare.
    func push(
        _ commit: ObjectID, to reference: String, replacing expected: ObjectID?, from handle: RepositoryHandle
    ) throws(GitError) {
        let what = "pushing to \(path)"
        let remote = try remote(what, handle)
        let incoming = "refs/cvlan/incoming/\(commit)"
        try Transfer.naming(commit, in: handle) { (outgoing) throws(GitError) in
            let code = withExtendedLifetime(remote) {
                Transfer.push("+\(outgoing):\(incoming)", to: remote.pointer)
            }
            try LibGit2.check(code, doing: what)
        }
        let other = try RepositoryHandle(opening: path)
        defer { git_reference_remove(other.repository, incoming) }
        try other.moveReference(reference, from: expected, to: commit)
    }

    private func remote(_ what: String, _ handle: RepositoryHandle) throws(GitError) -> Owned {
        try Owned(what, free: git_remote_free) { git_remote_create_anonymous(&$0, handle.repository, path) }
    }
}
