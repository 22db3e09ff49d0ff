internal import GitRepository
internal import Manifests

extension ChangePlanner {
    /// The commits of a range; the base is `nil` for the empty tree.
    func resolve(_ range: PlanRange) async throws -> (base: ObjectID?, head: ObjectID) {
        guard let head = try await resolve(range.head) else {
            throw PlanError("the head of a plan is a commit, not the empty tree")
        }
        guard let base = try await resolve(range.base) else { return (nil, head) }
        guard range.isFromMergeBase else { return (base, head) }
        guard let common = try await repository.mergeBase(base, head) else {
            throw PlanError(
                "\(range.base) and \(range.head) have no commit in common" + (repository.isShallow ? Self.deepen : ""))
        }
        return (common, head)
    }

    /// The commit of a revision; `nil` for git's empty tree.
    func resolve(_ revision: String) async throws -> ObjectID? {
        guard revision != Self.emptyTree else { return nil }
        let found = await repository.perform { repository in
            Result { () throws(GitError) in try repository.resolve(revision) }
        }
        switch found {
        case .success(let commit): return commit
        case .failure(let error) where error.code == .notFound || error.code == .invalid:
            throw PlanError(try await unknown(revision))
        case .failure(let error): throw error
        }
    }

    private func unknown(_ revision: String) async throws -> String {
        let branches = try await repository.branchNames()
        if revision.hasPrefix("HEAD"), try await repository.head() == nil {
            return "the repository has no commit yet: HEAD is on a branch that nothing was committed to"
        }
        var text = "there is no revision '\(revision)'"
        if let near = Spelling.nearest(to: revision, among: branches) {
            text += ": did you mean '\(near)'?"
        } else if let remote = branches.first(where: { $0.hasSuffix("/" + revision) }) {
            text += ": did you mean '\(remote)'?"
        }
        return text + (repository.isShallow ? Self.deepen : "")
    }

    private static let deepen =
        "; the clone is shallow, so that older commits are not here: git fetch --unshallow, or in CI fetch-depth: 0"

    /// The id of the tree without entries, the same in every repository.
    private static let emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
}

/// Why there is no plan.
package struct PlanError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
