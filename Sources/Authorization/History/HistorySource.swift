package import GitRepository
package import Manifests

/// What the judge reads of a repository. Nothing of it ever changes.
package protocol HistorySource: Sendable {
    /// The commits that are reachable from `tip` without passing one that `isKnown`, parents before children.
    func commits(to tip: ObjectID, isKnown: @Sendable (ObjectID) -> Bool) async throws -> [CommitNode]
    /// Commit objects as git hashes them, in the order of `ids`. `nil`: one that is larger than `CommitProof.maximumByteCount`.
    func objects(_ ids: [ObjectID]) async throws -> [[UInt8]?]
    /// What a commit shows for the nodes that it enrols.
    func enrollment(of commit: ObjectID) async throws -> EnrollmentProofs
    /// What differs of manifests between two trees, for each of the first pairs: of one at least, and of as many as may be in
    /// memory at once. `nil` is the empty tree.
    func deltas(_ pairs: [TreePair]) async throws -> [TreeDelta]
    /// The best commits that both have in their histories, in an order that is always the same.
    func mergeBases(_ a: ObjectID, _ b: ObjectID) async throws -> [ObjectID]
    /// The commits that are reachable from any of `tips` and not from `base`, parents before children.
    func commits(reachableFrom tips: [ObjectID], notFrom base: ObjectID) async throws -> [CommitNode]
    /// Whether there is such a commit.
    func has(_ commit: ObjectID) async throws -> Bool
    /// All tenants that a commit's tree declares.
    func tenants(of commit: ObjectID) async throws -> [Tenant]
}

extension HistorySource {
    /// For each pair, however many portions that takes.
    func allDeltas(_ pairs: [TreePair]) async throws -> [TreeDelta] {
        var found: [TreeDelta] = []
        while found.count < pairs.count {
            let portion = try await deltas(Array(pairs[found.count...]))
            guard !portion.isEmpty else { break }
            found += portion
        }
        return found
    }
}

package struct CommitNode: Hashable, Sendable {
    package let id: ObjectID
    package let parents: [ObjectID]

    package init(id: ObjectID, parents: [ObjectID]) {
        self.id = id
        self.parents = parents
    }
}

/// Two commits whose trees are to be compared.
package struct TreePair: Hashable, Sendable {
    package let old: ObjectID?
    package let new: ObjectID

    package init(from old: ObjectID?, to new: ObjectID) {
        self.old = old
        self.new = new
    }
}
