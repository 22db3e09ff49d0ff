package import GitRepository
internal import OverlayNetwork
internal import Reconciling

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
        let unaccepted = try await unaccepted(in: commit)
        var replayer = StateReplayer(repository)
        return try await replayer.replay(commit, without: unaccepted)
    }

    /// What was refused of main when a state was made: judged from the first commit on, unless nobody judged then.
    private func unaccepted(in commit: Commit) async throws -> Unaccepted {
        let chain = try await RootChain(at: commit.id, in: repository)
        guard chain.roots.last.map({ $0.document.authorization != .off }) ?? false else { return .none }
        let history = try await repository.perform { try $0.history(of: commit.id, limit: StateHistory.most) }
        let blobs = BlobReader(repository)
        var walk = StateWalk(repository, blobs)
        var trail = EvidenceTrail(blobs)
        var judging = MainJudging(repository, chain)
        for state in history.reversed() {
            let step = try await walk.step(to: state)
            _ = try trail.take(step)
            try await judging.advance(to: step.source, trail)
        }
        return judging.unaccepted
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
