package import GitRepository
internal import Manifests
package import OverlayNetwork
internal import Reconciling
package import Trust

/// The `cvlan-state` branch: what the controller has decided. Every replica reads it and tries to extend it; git
/// decides who was first.
package struct StateBranch: Sendable {
    package let repository: Repository
    package let branch: String
    package let trustDomain: TrustDomain

    package init(repository: Repository, branch: String, trustDomain: TrustDomain) {
        self.repository = repository
        self.branch = branch
        self.trustDomain = trustDomain
    }

    /// The state at a commit of the branch; without one, nothing was ever published.
    package func read(at tip: ObjectID?) async throws -> PublishedState {
        try await PublishedState(at: tip, in: repository)
    }

    /// Writes the next state onto `tip` and moves the branch there for everyone.
    ///
    /// The commit holds nothing that another replica would write differently, so two of them make the same id.
    /// - Throws: `GitError` `.moved` or `.rejected` when another replica was first.
    package func publish(_ change: StateChange, onto tip: ObjectID?, sourceTime: Int64) async throws -> ObjectID {
        guard let source = change.next.sourceCommit else {
            throw GitError(.invalid, "a state without a source commit")
        }
        let author = Identity(
            name: "cvlan-controller", email: "controller@\(trustDomain)", seconds: max(sourceTime, 0))
        let message = """
            state: \(change.next.height) from \(source.description.prefix(12))

            Source-Commit: \(source)
            Evaluation-Time: \(change.next.evaluationTime)

            """
        var edits: [String: TreeEdit] = change.writes.mapValues { .write($0) }
        for path in change.deletions { edits[path] = .remove }
        let commit = try await repository.makeCommit(
            edits, onTreeOf: tip, parents: tip.map { [$0] } ?? [], author: author, committer: author, message: message)
        try await repository.publish(commit, to: branch, replacing: tip)
        return commit
    }
}
