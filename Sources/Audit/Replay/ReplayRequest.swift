package import GitRepository
internal import OverlayNetwork

/// Which state commit somebody means by a revision.
package struct ReplayRequest: Sendable {
    package let repository: Repository
    package let stateBranch: String

    package init(_ repository: Repository, stateBranch: String) {
        self.repository = repository
        self.stateBranch = stateBranch
    }

    /// - Parameter revision: of a state commit, or of a commit of main: then of the state that was published from it.
    package func replay(_ revision: String) async throws -> StateReplay {
        let commit = try await stateCommit(revision)
        var replayer = StateReplayer(repository)
        return try await replayer.replay(commit)
    }

    private func stateCommit(_ revision: String) async throws -> Commit {
        let (commit, isState) = try await repository.perform { repository in
            // In a clone the branch is the remote's.
            let local = revision == stateBranch ? try repository.tip(of: revision) : nil
            let remote = revision == stateBranch ? try repository.tip(ofRemoteBranch: "origin/\(revision)") : nil
            let id = try local ?? remote ?? repository.resolve(revision)
            return (try repository.commit(id), try repository.entry(at: StateFile.root.path, in: id) != nil)
        }
        if isState { return commit }
        let history = try await StateHistory(stateBranch, in: repository)
        if let found = history.last(from: commit.id) { return found }
        let later = try await repository.perform { repository in
            try history.commits.first { state in
                guard let source = state.source else { return false }
                return try repository.isAncestor(commit.id, of: source)
            }
        }
        let hint =
            later.map { ": what it says is part of the state \($0.id.short), made from \($0.source?.short ?? "")" }
            ?? ", nor from any that came after it"
        throw AuditError("nothing was published from \(commit.id.short)\(hint)")
    }
}
