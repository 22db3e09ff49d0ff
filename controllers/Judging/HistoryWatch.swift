internal import Authorization
internal import GitRepository
internal import OverlayNetwork
internal import Reconciling
internal import SSHSignatures
package import Trust

/// What is accepted of main, by who signed and approved its commits and the roots that say who is who. Between runs it keeps
/// what it has judged, so that a run costs what is new.
package struct HistoryWatch: Sendable {
    struct Findings: Sendable {
        var unaccepted = Unaccepted.none
        /// The statements by which it was judged and that the state branch has not got yet, for it to keep.
        var evidence = StateEvidence()
        /// Whether people have other roles than where main was when the state was made: who judges main again has to know
        /// that it was here, also where nothing of it is published.
        var isPlace = false
        /// Of the history as a whole, and of notes that count for nothing.
        var warnings: [String] = []
    }

    /// Notes that are told one by one.
    private static let mostProblems = 10

    private let root: RootAuthority
    /// Each root by its version: what was judged under it, is judged so again.
    private let roots: [UInt64: RootAuthority]
    private var judge: HistoryJudge
    private var book = ApprovalBook()

    /// - Parameters:
    ///   - root: the root document in force.
    ///   - older: those before it.
    package init(_ root: RootDocument, older: [RootDocument]) {
        self.root = RootAuthority(root, older: older)
        let documents = (older + [root]).sorted { $0.version < $1.version }
        roots = Dictionary(
            documents.enumerated().map { ($1.version, RootAuthority($1, older: documents[..<$0])) },
            uniquingKeysWith: { first, _ in first })
        judge = HistoryJudge(root: self.root)
    }

    var mode: AuthorizationMode { root.mode }

    /// Whose commits may enrol nodes; `nil` where nobody asks who signed.
    var controllers: Set<SSHKey>? { mode == .enforce ? root.enrollmentKeys : nil }

    /// - Parameters:
    ///   - state: the tip of the state branch, with the approvals that it has.
    ///   - published: the commit of main that the state was made from.
    /// - Throws: `ReconcileError` `.stalled` where main does not come from what was published, and no superadmin has taken that.
    mutating func look(
        at main: ObjectID, state: ObjectID?, published: ObjectID?, in repository: Repository
    ) async throws -> Findings {
        var findings = Findings()
        guard mode != .off else { return findings }
        try await book.read(from: repository, state: state)
        judge.set(Approvals(book))
        if let published, try await isRewritten(main, published, in: repository) {
            // What was judged of the other history says nothing of this one.
            judge = HistoryJudge(root: root, approvals: judge.approvals)
            let reason = "\(RewrittenHistory(last: published, tip: main))"
            if try await !isReplaced(published, on: main, in: repository) {
                guard mode == .warn else {
                    throw ReconcileError(.stalled, "\(reason). What is published stays")
                }
                findings.warnings.append(reason)
            }
        }
        let verdicts = try await advance(to: main, from: state, in: repository)
        for verdict in verdicts {
            let text = book.record(of: verdict.commit) { judge.isWorthKeeping($0, of: verdict) }
            guard let text, let commit = SourceCommit("\(verdict.commit)") else { continue }
            findings.evidence.approvals[commit] = Array(text.utf8)
        }
        if let published, published != main {
            findings.isPlace = judge.accepted(at: published)?.roster != judge.accepted.roster
        }
        findings.unaccepted = Unaccepted(judge.accepted, in: mode)
        findings.warnings += book.trouble.map { [$0] } ?? []
        findings.warnings += book.problems.prefix(Self.mostProblems).map { "\($0)" }
        return findings
    }

    /// What a controller that begins anew has to know: where main was, and under which root. People come and go with roots, and
    /// what they signed in their time stays theirs.
    private mutating func recall(_ state: ObjectID?, in repository: Repository) async throws -> [CommitVerdict] {
        guard judge.tip == nil, let state else { return [] }
        let verdicts = try await judge.advance(
            through: PlacesOfMain(before: state, in: repository), roots: roots, in: RepositoryHistory(repository))
        judge.root = root
        return verdicts
    }

    /// Commits that nothing was published from may go: who has seen them begins anew, as the replicas do that have not.
    private mutating func advance(
        to main: ObjectID, from state: ObjectID?, in repository: Repository
    ) async throws -> [CommitVerdict] {
        do {
            return try await beginOrGoOn(to: main, from: state, in: repository)
        } catch is RewrittenHistory {
            judge = HistoryJudge(root: root, approvals: judge.approvals)
        }
        do {
            return try await beginOrGoOn(to: main, from: state, in: repository)
        } catch let error as RewrittenHistory {
            guard mode == .warn else { throw ReconcileError(.stalled, "\(error). What is published stays") }
            judge = HistoryJudge(root: root, approvals: judge.approvals)
            return try await judge.advance(to: main, in: repository)
        }
    }

    private mutating func beginOrGoOn(
        to main: ObjectID, from state: ObjectID?, in repository: Repository
    ) async throws -> [CommitVerdict] {
        let recalled = try await recall(state, in: repository)
        let new = try await judge.advance(to: main, in: repository)
        return recalled + new
    }

    private func isRewritten(
        _ main: ObjectID, _ published: ObjectID, in repository: Repository
    ) async throws -> Bool {
        await repository.perform { ((try? $0.isAncestor(published, of: main)) ?? false) == false }
    }

    private func isReplaced(_ published: ObjectID, on main: ObjectID, in repository: Repository) async throws -> Bool {
        let adopted = judge.approvals.replacements(of: published, by: root)
        return await repository.perform { repository in
            adopted.contains { (try? repository.isAncestor($0, of: main)) ?? false }
        }
    }
}
