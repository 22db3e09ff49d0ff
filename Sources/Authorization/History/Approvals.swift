package import GitRepository
package import SSHSignatures

/// What people have signed of commits after these were made. Only statements whose signatures hold are here; what the people
/// are is the judge's to know.
package struct Approvals: Hashable, Sendable {
    /// Somebody stands for a commit.
    package struct Approval: Hashable, Sendable {
        package let key: SSHKey
        /// Whether the state branch has it already. One that it has not yet counts only for who still has the role: whoever
        /// lost it could write that a statement is old.
        package let isRecorded: Bool

        package init(key: SSHKey, isRecorded: Bool = false) {
            self.key = key
            self.isRecorded = isRecorded
        }
    }

    /// A superadmin takes the tree of a commit as it is: one of the root by which the commit is judged, and, as long as nobody
    /// has recorded it, of the newest root too.
    package struct Adoption: Hashable, Sendable {
        package let key: SSHKey
        /// The tip of a history that the commit's replaces.
        package let replaces: ObjectID?
        package let isRecorded: Bool

        package init(key: SSHKey, replacing replaces: ObjectID? = nil, isRecorded: Bool = false) {
            self.key = key
            self.replaces = replaces
            self.isRecorded = isRecorded
        }
    }

    package var approvals: [ObjectID: [Approval]]
    package var adoptions: [ObjectID: [Adoption]]

    package init(approvals: [ObjectID: [Approval]] = [:], adoptions: [ObjectID: [Adoption]] = [:]) {
        self.approvals = approvals
        self.adoptions = adoptions
    }

    package func approvers(of commit: ObjectID) -> [SSHKey] { approvals[commit]?.map(\.key) ?? [] }

    /// Those that the state branch has.
    var recorded: Approvals {
        Approvals(
            approvals: approvals.mapValues { $0.filter(\.isRecorded) }.filter { !$0.value.isEmpty },
            adoptions: adoptions.mapValues { $0.filter(\.isRecorded) }.filter { !$0.value.isEmpty })
    }

    /// Whether there are any of a commit that the state branch does not have.
    func hasNew(of commit: ObjectID) -> Bool { approvals[commit]?.contains { !$0.isRecorded } ?? false }

    /// The commits of which the two say different things.
    func commits(differingFrom other: Approvals) -> Set<ObjectID> {
        let known = Set(approvals.keys).union(adoptions.keys).union(other.approvals.keys).union(other.adoptions.keys)
        return known.filter { approvals[$0] != other.approvals[$0] || adoptions[$0] != other.adoptions[$0] }
    }
}
