internal import CGit2

extension Repository {
    /// The commits that are reachable from `tip` without passing one that `isKnown`, with their parents; parents come
    /// before children, and the order depends on the commits alone. `.tooLarge` for more than `limits.walkedCommits`.
    package func commits(
        to tip: ObjectID, isKnown: (ObjectID) -> Bool
    ) throws(GitError) -> [(id: ObjectID, parents: [ObjectID])] {
        var found: [(id: ObjectID, parents: [ObjectID])] = []
        var seen: Set<ObjectID> = []
        // A commit waits here, with those of its parents that are still to be looked at, until all of them are found.
        var open: [(id: ObjectID, parents: [ObjectID], next: Int)] = []
        func enter(_ id: ObjectID) throws(GitError) {
            guard !isKnown(id), seen.insert(id).inserted else { return }
            guard seen.count <= limits.walkedCommits else {
                throw GitError(.tooLarge, "more than \(limits.walkedCommits) commits lead to \(tip.short)")
            }
            open.append((id, try handle.parents(of: id, limits), 0))
        }
        try enter(tip)
        while let last = open.last {
            if last.next < last.parents.count {
                open[open.count - 1].next += 1
                try enter(last.parents[last.next])
            } else {
                found.append((last.id, last.parents))
                open.removeLast()
            }
        }
        return found
    }

    /// The ids of the commits that are reachable from any of `tips` and not from `base`, parents before children.
    package func commits(reachableFrom tips: [ObjectID], notFrom base: ObjectID) throws(GitError) -> [ObjectID] {
        let what = "finding what \(base.short) does not have"
        let walk = try Owned(what, free: git_revwalk_free) { git_revwalk_new(&$0, handle.repository) }
        git_revwalk_sorting(walk.pointer, GIT_SORT_TOPOLOGICAL.rawValue)
        for tip in tips {
            var start = tip.oid
            try LibGit2.check(git_revwalk_push(walk.pointer, &start), doing: what)
        }
        var end = base.oid
        try LibGit2.check(git_revwalk_hide(walk.pointer, &end), doing: what)
        var found: [ObjectID] = []
        while true {
            var oid = git_oid()
            let code = git_revwalk_next(&oid, walk.pointer)
            if code == GIT_ITEROVER.rawValue { return found.reversed() }
            try LibGit2.check(code, doing: what)
            found.append(ObjectID(oid))
            guard found.count <= limits.walkedCommits else {
                throw GitError(.tooLarge, "\(what): more than \(limits.walkedCommits) commits")
            }
        }
    }

    /// The best commits that both have in their histories, by name; several where branches were merged crosswise, none
    /// where the histories have nothing to do with each other.
    package func mergeBases(_ a: ObjectID, _ b: ObjectID) throws(GitError) -> [ObjectID] {
        var (first, second) = (a.oid, b.oid)
        var bases = git_oidarray()
        let code = git_merge_bases(&bases, handle.repository, &first, &second)
        if code == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            return []
        }
        try LibGit2.check(code, doing: "finding where \(a.short) and \(b.short) part")
        defer { git_oidarray_dispose(&bases) }
        return (0..<bases.count).map { ObjectID(bases.ids[$0]) }.sorted()
    }

    /// The parents of a commit.
    package func parents(of commit: ObjectID) throws(GitError) -> [ObjectID] { try handle.parents(of: commit, limits) }

    /// Whether there is such a commit.
    package func hasCommit(_ id: ObjectID) -> Bool {
        (try? handle.header(id, expecting: GIT_OBJECT_COMMIT)) != nil
    }
}

extension RepositoryHandle {
    func parents(of id: ObjectID, _ limits: Limits) throws(GitError) -> [ObjectID] {
        let commit = try commit(id, limits)
        return (0..<git_commit_parentcount(commit.pointer)).compactMap { index in
            git_commit_parent_id(commit.pointer, index).map { ObjectID($0.pointee) }
        }
    }
}
