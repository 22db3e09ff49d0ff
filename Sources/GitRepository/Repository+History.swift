internal import CGit2

extension Repository {
    /// Whether `ancestor` is `commit` or reachable from it. When a branch's old tip is no ancestor of its new one,
    /// the branch was rewritten.
    package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
        for id in [ancestor, commit] { _ = try handle.header(id, expecting: GIT_OBJECT_COMMIT) }
        guard ancestor != commit else { return true }
        var (older, newer) = (ancestor.oid, commit.oid)
        let answer = git_graph_descendant_of(handle.repository, &newer, &older)
        try LibGit2.check(answer, doing: "comparing \(ancestor.short) with \(commit.short)")
        return answer == 1
    }

    /// Commits reachable from `tip` but not from `excluded`, children before parents, the newest `limit` of them.
    package func history(
        of tip: ObjectID, notIn excluded: ObjectID? = nil, limit: Int
    ) throws(GitError) -> [Commit] {
        var commits: [Commit] = []
        try walk(from: tip, notIn: excluded) { (id) throws(GitError) in
            guard commits.count < limit else { return false }
            commits.append(try commit(id))
            return true
        }
        return commits
    }

    /// Every trailer `key` of the commits reachable from `tip` but not from `excluded`, newest first. Throws
    /// `.tooLarge` rather than leave out any when there are more than `limits.walkedCommits` commits.
    package func trailers(
        _ key: String, of tip: ObjectID, notIn excluded: ObjectID? = nil
    ) throws(GitError) -> [(commit: ObjectID, value: String)] {
        var found: [(commit: ObjectID, value: String)] = []
        var visited = 0
        try walk(from: tip, notIn: excluded) { (id) throws(GitError) in
            visited += 1
            guard visited <= limits.walkedCommits else {
                throw GitError(.tooLarge, "more than \(limits.walkedCommits) commits to search for '\(key)'")
            }
            found += try commit(id).trailerValues(key).map { (id, $0) }
            return true
        }
        return found
    }

    /// The newest commit that both have in their history; `nil` when they have none in common.
    package func mergeBase(_ a: ObjectID, _ b: ObjectID) throws(GitError) -> ObjectID? {
        var (first, second) = (a.oid, b.oid)
        var base = git_oid()
        let code = git_merge_base(&base, handle.repository, &first, &second)
        if code == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return nil
        }
        try LibGit2.check(code, doing: "finding where \(a.short) and \(b.short) part")
        return ObjectID(base)
    }

    /// The names of all branches as a revision can name them: `main`, `origin/main`; sorted.
    package func branchNames() throws(GitError) -> [String] {
        var list = git_strarray()
        try LibGit2.check(git_reference_list(&list, handle.repository), doing: "listing branches")
        defer { git_strarray_dispose(&list) }
        let names = (0..<list.count).compactMap { list.strings[$0].map { String(cString: $0) } }
        return names.compactMap { name in
            ["refs/heads/", "refs/remotes/"].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
        }.sorted()
    }

    private func walk(
        from tip: ObjectID, notIn excluded: ObjectID?, _ visit: (ObjectID) throws(GitError) -> Bool
    ) throws(GitError) {
        let walk = try Owned("walking the history", free: git_revwalk_free) { git_revwalk_new(&$0, handle.repository) }
        git_revwalk_sorting(walk.pointer, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue)
        var start = tip.oid
        try LibGit2.check(git_revwalk_push(walk.pointer, &start), doing: "walking the history from \(tip.short)")
        if var end = excluded?.oid {
            try LibGit2.check(git_revwalk_hide(walk.pointer, &end), doing: "walking the history")
        }
        while true {
            var oid = git_oid()
            let code = git_revwalk_next(&oid, walk.pointer)
            if code == GIT_ITEROVER.rawValue { return }
            try LibGit2.check(code, doing: "walking the history from \(tip.short)")
            guard try visit(ObjectID(oid)) else { return }
        }
    }
}
