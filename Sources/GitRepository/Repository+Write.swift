internal import CGit2
internal import Glibc

extension Repository {
    /// Writes a commit, moving no branch. Its tree is that of the commit `base` (empty if `nil`) with `edits`, by plain
    /// path. The same input makes the same id: nothing is added, the message is stored as it is.
    ///
    /// - Parameter sign: gives the text of a signature over the commit's bytes, for its `gpgsig`; `nil`: it is not signed.
    ///   What it throws becomes `.unsigned`.
    package func makeCommit(
        _ edits: [String: TreeEdit], onTreeOf base: ObjectID?, parents: [ObjectID], author: Identity,
        committer: Identity, message: String, signedBy sign: (([UInt8]) throws -> String)? = nil
    ) throws(GitError) -> ObjectID {
        let writer = TreeWriter(handle: handle, limits: limits)
        let baseTree = try base.map { (id) throws(GitError) in try handle.tree(ofCommit: id, limits) }
        let edited = try writer.write(EditTree(edits), onto: baseTree)
        let tree = if let edited { edited } else { try writer.emptyTree() }
        let commit = CommitWriter(handle: handle, limits: limits)
        let payload = try commit.payload(
            tree: tree, parents: parents, author: author, committer: committer, message: message)
        return try commit.write(
            try sign.map { (sign) throws(GitError) in try commit.sign(payload, by: sign) } ?? payload)
    }

    /// Points a branch to a commit, if it now points to `expected` (`nil`: if there is no such branch); otherwise
    /// throws `.moved`. Compared and set under git's lock for the reference, so it holds against other programs. A
    /// branch that is checked out in a working tree is refused with `.checkedOut`.
    package func moveBranch(_ branch: String, from expected: ObjectID?, to commit: ObjectID) throws(GitError) {
        try setBranch(branch, to: commit) { (current) throws(GitError) in
            guard current != expected else { return }
            let words = (current?.short ?? "absent", expected?.short ?? "absent")
            throw GitError(.moved, "the branch \(branch) is \(words.0), no longer \(words.1)")
        }
    }

    /// `check` sees the current value while the reference is locked.
    func setBranch(
        _ branch: String, to commit: ObjectID, check: (ObjectID?) throws(GitError) -> Void
    ) throws(GitError) {
        let name = try Self.referenceName(branch)
        try refuseCheckedOut(branch, name)
        try handle.setReference(name, to: commit, check: check)
    }

    private func refuseCheckedOut(_ branch: String, _ name: String) throws(GitError) {
        let refusal = GitError(
            .checkedOut,
            "the branch \(branch) is checked out in \(directory); a commit made here would leave that working tree "
                + "behind, as if it reverted the commit. Use a bare repository (git clone --bare), and push to it")
        if !handle.isBare {
            let head = try Owned("reading HEAD", free: git_reference_free) {
                git_reference_lookup(&$0, handle.repository, "HEAD")
            }
            if let target = git_reference_symbolic_target(head.pointer), String(cString: target) == name {
                throw refusal
            }
        }
        guard try handle.target(of: name) != nil else { return }
        let reference = try Owned("reading \(branch)", free: git_reference_free) {
            git_reference_lookup(&$0, handle.repository, name)
        }
        if git_branch_is_checked_out(reference.pointer) == 1 { throw refusal }
    }
}

extension RepositoryHandle {
    /// `check` sees the current value while the reference is locked.
    func setReference(
        _ name: String, to commit: ObjectID, check: (ObjectID?) throws(GitError) -> Void
    ) throws(GitError) {
        _ = try header(commit, expecting: GIT_OBJECT_COMMIT)
        let transaction = try Owned("updating \(name)", free: git_transaction_free) {
            git_transaction_new(&$0, repository)
        }
        try lock(name, transaction)
        try check(target(of: name))
        var oid = commit.oid
        try LibGit2.check(
            git_transaction_set_target(transaction.pointer, name, &oid, nil, "cloudvlan"), doing: "updating \(name)")
        try LibGit2.check(git_transaction_commit(transaction.pointer), doing: "updating \(name)")
    }

    /// Points a reference to a commit, if it now points to `expected`; otherwise throws `.moved`.
    func moveReference(_ name: String, from expected: ObjectID?, to commit: ObjectID) throws(GitError) {
        try setReference(name, to: commit) { (current) throws(GitError) in
            guard current != expected else { return }
            let words = (current?.short ?? "absent", expected?.short ?? "absent")
            throw GitError(.moved, "\(name) is \(words.0), no longer \(words.1)")
        }
    }

    /// Waits up to 200 ms for another writer's lock; git itself waits 100.
    private func lock(_ name: String, _ transaction: Owned) throws(GitError) {
        for attempt in 0..<40 {
            let code = git_transaction_lock_ref(transaction.pointer, name)
            if code != GIT_ELOCKED.rawValue || attempt == 39 {
                return try LibGit2.check(code, doing: "locking \(name)")
            }
            usleep(5_000)
        }
    }
}

extension Identity {
    /// Owns a `git_signature`.
    final class Signature {
        let value: UnsafeMutablePointer<git_signature>

        init(_ value: UnsafeMutablePointer<git_signature>) { self.value = value }
        deinit { git_signature_free(value) }
    }

    func signature() throws(GitError) -> Signature {
        let bytes = Array(name.utf8) + Array(email.utf8)
        guard !bytes.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }),
            (-1440...1440).contains(offsetMinutes), Self.writtenSeconds.contains(seconds)
        else { throw GitError(.invalid, "'\(name) <\(email)>' at \(seconds) does not fit into a commit") }
        var made: UnsafeMutablePointer<git_signature>?
        try LibGit2.check(
            git_signature_new(&made, name, email, seconds, Int32(offsetMinutes)), doing: "naming '\(name)' in a commit")
        guard let made else { throw GitError(.invalid, "'\(name)' cannot be named in a commit") }
        return Signature(made)
    }
}
