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
