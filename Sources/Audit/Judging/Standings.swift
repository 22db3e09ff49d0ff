internal import Authorization
package import GitRepository
internal import Manifests
internal import OverlayNetwork

/// What is proven of every commit of main, and what people have signed of them: what a timeline needs besides the commits.
package struct Standings: Sendable {
    package private(set) var commits: [ObjectID: CommitStanding] = [:]
    package private(set) var approvals: [ApprovalEntry] = []
    package private(set) var remarks: [String] = []

    /// Judges main up to its tip, as the controllers did.
    package init(_ repository: Repository, mainTip: ObjectID?, stateBranch: String) async throws {
        guard let history = try? await StateHistory(stateBranch, in: repository), let tip = history.tip else { return }
        let chain = try await RootChain(at: tip, in: repository)
        if let problem = chain.problem { remarks.append("nobody's roles are known: \(problem)") }
        let blobs = BlobReader(repository)
        var walk = StateWalk(repository, blobs)
        var trail = EvidenceTrail(blobs)
        var judging = MainJudging(repository, chain)
        do {
            for commit in history.commits {
                let step = try await walk.step(to: commit)
                _ = try trail.take(step)
                try await judging.advance(to: step.source, trail)
            }
            if let mainTip { try await judging.advance(to: mainTip, trail) }
        } catch {
            remarks.append("commits are judged only up to where this was found: \(error)")
        }
        commits = judging.verdicts.mapValues(CommitStanding.init)
        var book = ApprovalBook()
        try await book.read(from: repository, state: tip)
        approvals = book.commits.flatMap { commit in book.entries(of: commit).map { ApprovalEntry($0, of: commit) } }
            .sorted { ($0.time, $0.commit) < ($1.time, $1.commit) }
    }
}

extension ApprovalEntry {
    fileprivate init(_ entry: ApprovalBook.Entry, of commit: ObjectID) {
        let statement = entry.statement.statement
        var replaces: ObjectID?
        var isAdoption = false
        if case .adoption(let replaced) = statement.kind { (isAdoption, replaces) = (true, replaced) }
        self.init(
            commit: commit, isAdoption: isAdoption, replaces: replaces, approver: statement.approver,
            fingerprint: entry.statement.key.fingerprint, time: statement.time, isRecorded: entry.isRecorded)
    }
}
