internal import Authorization
package import GitRepository
internal import Manifests
internal import OverlayNetwork
internal import SSHSignatures
package import Trust

/// Checks a whole repository, offline: the chain of roots, who signed every commit of both branches and whether they might,
/// and that every state follows from what it says it was made from.
package struct RepositoryVerifier: Sendable {
    package let repository: Repository
    package let branch: String
    package let stateBranch: String
    /// What the auditor knows of the root; `nil`: nothing yet.
    package let pin: RootPin?
    /// Whether states are computed again.
    package let replays: Bool

    package init(
        _ repository: Repository, branch: String = "main", stateBranch: String = "cvlan-state", pin: RootPin?,
        replays: Bool = true
    ) {
        self.repository = repository
        self.branch = branch
        self.stateBranch = stateBranch
        self.pin = pin
        self.replays = replays
    }

    /// - Throws: what keeps it from looking at all: a branch that is not there.
    package func verify() async throws -> VerifyReport {
        let history = try await StateHistory(stateBranch, in: repository)
        guard let stateTip = history.commits.last else { throw AuditError("\(history.branch) has no commit") }
        guard let mainTip = try await mainTip() else {
            throw AuditError("there is no branch \(branch), here or at origin")
        }
        var findings = Findings()
        let chain = try await chain(at: stateTip.id, &findings)
        var states = StateVerifier(repository, chain, mainTip: mainTip, replays: replays)
        for commit in history.commits { try await states.take(commit, &findings) }
        try await states.finish(at: mainTip, &findings)
        return VerifyReport(
            mainTip: mainTip, stateTip: stateTip.id, states: history.commits.count, commits: states.commitCount,
            height: states.height, mode: chain.roots.last?.document.authorization.rawValue, replays: replays,
            roots: chain.roots.count, pin: pin ?? chain.roots.first?.pin, isPinned: pin != nil,
            findings: findings.all)
    }

    private func mainTip() async throws -> ObjectID? {
        let branch = branch
        return try await repository.perform { repository in
            try repository.tip(of: branch) ?? repository.tip(ofRemoteBranch: "origin/\(branch)")
        }
    }

    private func chain(at tip: ObjectID, _ findings: inout Findings) async throws -> RootChain {
        let chain = try await RootChain(at: tip, in: repository)
        if let problem = chain.problem { findings.add(.error, tip, "roots", problem) }
        guard let pin else { return chain }
        switch chain.version(of: pin) {
        case nil: findings.add(.error, tip, "roots", "none of them is the one that is known, \(pin)")
        case 1?: break
        case let version?:
            findings.add(
                .note, tip, "roots",
                "version \(version) is the one that is known; that the ones before it are right, it does not prove")
        }
        return chain
    }
}

/// What was found, bounded.
struct Findings {
    private(set) var all: [VerifyFinding] = []
    private static let most = 100_000

    mutating func add(_ severity: VerifyFinding.Severity, _ commit: ObjectID?, _ place: String, _ reason: String) {
        if all.count < Self.most { all.append(VerifyFinding(severity, commit, place, reason)) }
    }
}
