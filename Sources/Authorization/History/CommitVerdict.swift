package import GitRepository
package import SSHSignatures

/// What is to be said of one commit.
package struct CommitVerdict: Sendable {
    package let commit: ObjectID
    package let parents: [ObjectID]
    /// The parent that it is judged against: of a merge, the one on the side of main.
    package let base: ObjectID?
    /// Whether main itself went over it, rather than gain it by a merge.
    package let isOnMain: Bool
    package let proof: CommitProof
    /// Who signed it is to each of the tenants that it changes, or to the repository (`nil`), before it.
    package let people: [String?: Roster.Person]
    /// Against what was accepted before it.
    package let changes: ChangeSet
    /// `nil`: nobody judges it, as it is from before the commit that a superadmin has adopted.
    package let judgement: Judgement?
    /// Who approved it. What each is worth depends on what they are to the tenant.
    package let approvers: [SSHKey]
    /// Whose word it is that everything begins with this commit.
    package let adoption: Approvals.Adoption?
    /// A controller signed it to enrol nodes.
    package let isEnrollment: Bool

    package var refusals: [AuthorizationRefusal] { judgement?.refusals ?? [] }
}
