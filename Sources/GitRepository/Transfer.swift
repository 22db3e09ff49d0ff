internal import CGit2

/// What every fetch and push asks of libgit2. Codes are its own.
enum Transfer {
    /// What is no more there vanishes here.
    static func fetch(
        _ refspecs: [String], from remote: OpaquePointer, _ install: (inout git_remote_callbacks) -> Void = { _ in }
    ) -> Int32 {
        var options = git_fetch_options()
        git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        options.prune = GIT_FETCH_PRUNE
        options.update_fetchhead = 0
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        install(&options.callbacks)
        return withStrings(refspecs) { git_remote_fetch(remote, $0, &options, "fetch") }
    }

    static func push(
        _ refspec: String, to remote: OpaquePointer, _ install: (inout git_remote_callbacks) -> Void = { _ in }
    ) -> Int32 {
        var options = git_push_options()
        git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        install(&options.callbacks)
        return withStrings([refspec]) { git_remote_push(remote, $0, &options) }
    }

    /// libgit2 pushes references only, so a commit gets one for the while.
    static func naming(
        _ commit: ObjectID, in handle: RepositoryHandle, _ body: (String) throws(GitError) -> Void
    ) throws(GitError) {
        let name = "refs/cvlan/outgoing/\(commit)"
        var oid = commit.oid
        let created = try Owned("naming \(commit.short)", free: git_reference_free) {
            git_reference_create(&$0, handle.repository, name, &oid, 1, nil)
        }
        defer { git_reference_delete(created.pointer) }
        try body(name)
    }

    /// Calls `body` with C strings that live until it returns.
    private static func withStrings(_ strings: [String], _ body: (UnsafePointer<git_strarray>) -> Int32) -> Int32 {
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
}
