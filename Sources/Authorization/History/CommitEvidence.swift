internal import GitRepository

/// What is known of one commit before anybody judges it.
struct CommitEvidence: Sendable {
    let node: CommitNode
    let proof: CommitProof
    /// Against its only parent, or, of a merge, the one that it is judged against; what a first commit has is all new.
    let delta: TreeDelta
    /// Where a controller signed it.
    let enrollment: EnrollmentProofs?
    let supporters: Supporters
}

/// What judging a commit says of each thing that it changes.
struct CommitRuling: Sendable {
    private(set) var refusals: [ChangeKey: [AuthorizationRefusal]] = [:]
    /// Whose changes they are, where a merge only brings them.
    private(set) var culprits: [ChangeKey: ObjectID] = [:]
    private(set) var judgement = Judgement()

    mutating func add(_ found: [AuthorizationRefusal], _ key: ChangeKey, by culprit: ObjectID? = nil) {
        judgement.add(found, of: key.tenant)
        guard !found.isEmpty else { return }
        refusals[key, default: []] += found
        if let culprit { culprits[key] = culprit }
    }
}
