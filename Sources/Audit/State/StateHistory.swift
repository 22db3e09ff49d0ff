package import GitRepository
internal import Manifests

/// The state branch as it is: its commits, the first one first. What they hold is read when it is asked for.
package struct StateHistory: Sendable {
    /// As it was found: `cvlan-state`, or `origin/cvlan-state` in a clone.
    package let branch: String
    package let commits: [Commit]

    /// More state commits than this are not walked.
    static let most = 1_000_000

    /// - Throws: `AuditError` when the branch is neither here nor at `origin`.
    package init(_ branch: String, in repository: Repository) async throws {
        let found = try await repository.perform { repository -> (branch: String, commits: [Commit])? in
            let remote = "origin/\(branch)"
            let here = try repository.tip(of: branch)
            guard let tip = try here ?? repository.tip(ofRemoteBranch: remote) else { return nil }
            let commits = try repository.history(of: tip, limit: Self.most)
            return (here == nil ? remote : branch, commits.reversed())
        }
        guard let found else {
            throw AuditError(
                "there is no branch \(branch), here or at origin: git fetch origin \(branch), or name it with --state-branch"
            )
        }
        guard found.commits.count < Self.most else {
            throw AuditError("\(branch) has more than \(Self.most) commits, which is more than is looked at")
        }
        (self.branch, commits) = found
    }

    package var tip: ObjectID? { commits.last?.id }

    /// The last state commit that says it was made from a commit of main.
    package func last(from source: ObjectID) -> Commit? {
        commits.last { $0.source == source }
    }
}

extension Commit {
    package static let sourceTrailer = "Source-Commit"

    /// The commit of main that a state commit was made from, as its trailer has it.
    package var source: ObjectID? {
        let values = trailerValues(Self.sourceTrailer)
        return values.count == 1 ? ObjectID(values[0]) : nil
    }
}
