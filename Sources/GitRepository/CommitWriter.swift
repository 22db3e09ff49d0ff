internal import CGit2

/// Makes commit objects.
struct CommitWriter {
    let handle: RepositoryHandle
    let limits: Limits

    /// The bytes of a commit that is not signed; its tree and parents have to be there.
    func payload(
        tree: ObjectID, parents: [ObjectID], author: Identity, committer: Identity, message: String
    ) throws(GitError) -> [UInt8] {
        guard !message.utf8.contains(0) else { throw GitError(.invalid, "a commit message with a zero byte") }
        var treeOID = tree.oid
        let treeObject = try Owned("reading the new tree", free: git_tree_free) {
            git_tree_lookup(&$0, handle.repository, &treeOID)
        }
        let parentCommits = try parents.map { (id) throws(GitError) in try handle.commit(id, limits) }
        let (author, committer) = (try author.signature(), try committer.signature())
        var pointers: [OpaquePointer?] = parentCommits.map(\.pointer)
        var buffer = git_buf()
        defer { git_buf_dispose(&buffer) }
        let code = withExtendedLifetime((treeObject, parentCommits)) {
            git_commit_create_buffer(
                &buffer, handle.repository, author.value, committer.value, nil, message, treeObject.pointer,
                pointers.count, &pointers)
        }
        try LibGit2.check(code, doing: "making a commit")
        return Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
    }

    /// - Parameter sign: gives the text of a signature over the payload.
    func sign(_ payload: [UInt8], by sign: ([UInt8]) throws -> String) throws(GitError) -> [UInt8] {
        let signature: String
        do {
            signature = try sign(payload)
        } catch {
            throw GitError(.unsigned, "a commit cannot be signed: \(error)")
        }
        guard let object = SignedCommit.object(payload, signature: signature) else {
            throw GitError(.unsigned, "a commit cannot be signed: it has a signature already, or the new one is none")
        }
        return object
    }

    func write(_ object: [UInt8]) throws(GitError) -> ObjectID {
        var oid = git_oid()
        try LibGit2.check(
            git_odb_write(&oid, handle.objects, object, object.count, GIT_OBJECT_COMMIT), doing: "writing a commit")
        return ObjectID(oid)
    }
}
