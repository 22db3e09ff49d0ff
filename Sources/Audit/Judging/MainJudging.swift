internal import Authorization
internal import FoundationEssentials
internal import GitRepository
internal import Manifests
internal import Reconciling
internal import Trust

/// Judges main as the controllers did: up to the source of each state by the root that was in force then, and by what had
/// been approved by then.
struct MainJudging {
    private let repository: Repository
    private let chain: RootChain
    private var judge: HistoryJudge?
    private var mode = AuthorizationMode.off
    /// Rewritings of main that no superadmin has taken.
    private(set) var rewritings: [RewrittenHistory] = []
    private(set) var verdicts: [ObjectID: CommitVerdict] = [:]
    /// The commits in the order in which they were judged.
    private(set) var order: [ObjectID] = []

    init(_ repository: Repository, _ chain: RootChain) {
        self.repository = repository
        self.chain = chain
    }

    /// What of main is not to be published, where it was last looked at.
    var unaccepted: Unaccepted { judge.map { Unaccepted($0.accepted, in: mode) } ?? .none }

    /// Whether a superadmin has adopted a commit in the place of another history's tip.
    func isReplaced(_ tip: ObjectID) -> Bool {
        judge.map { !$0.approvals.replacements(of: tip, by: $0.root).isEmpty } ?? false
    }

    /// - Parameter trail: what the state branch has by then. Without a root nobody judges.
    mutating func advance(to tip: ObjectID, _ trail: EvidenceTrail) async throws {
        let documents = chain.documents(upTo: trail.rootVersion)
        guard let document = documents.first else { return }
        let authority = RootAuthority(document, older: documents.dropFirst())
        mode = authority.mode
        guard mode != .off else { return }
        let approvals = trail.approvals
        var judge = self.judge ?? HistoryJudge(root: authority, approvals: approvals)
        judge.root = authority
        if judge.approvals != approvals { judge.set(approvals) }
        let new: [CommitVerdict]
        do {
            new = try await judge.advance(to: tip, in: repository)
        } catch let rewriting as RewrittenHistory {
            // What was judged of the other history says nothing of this one.
            rewritings.append(rewriting)
            judge = HistoryJudge(root: authority, approvals: approvals)
            new = try await judge.advance(to: tip, in: repository)
        }
        for verdict in new {
            if verdicts.updateValue(verdict, forKey: verdict.commit) == nil { order.append(verdict.commit) }
        }
        self.judge = judge
    }
}

extension CommitStanding {
    init(_ verdict: CommitVerdict) {
        self.init(proof: "\(verdict.proof)", fingerprint: verdict.proof.key?.fingerprint)
        people = verdict.people.map { tenant, person in
            Person(tenant: tenant, name: person.name, role: person.role.rawValue)
        }.sorted { ($0.tenant ?? "", $0.name) < ($1.tenant ?? "", $1.name) }
        approvers = verdict.approvers.map(\.fingerprint)
        refusals = verdict.judgement.map { $0.refusals.map(\.description) }
        isEnrollment = verdict.isEnrollment
        isAdopted = verdict.adoption != nil
    }
}
