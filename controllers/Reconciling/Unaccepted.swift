package import Authorization
internal import GitRepository
internal import Manifests

/// What is in a commit though nobody stands for it who may make it, as signatures prove it. The tenants that it concerns stay
/// as they are published; nobody else suffers for it.
package struct Unaccepted: Sendable {
    /// Why each tenant is held back.
    package private(set) var tenants: [String: [Problem]] = [:]
    /// By path, where it is written: what is wrong with it is no reason to hold back anybody else.
    package private(set) var files: Set<String> = []
    /// What holds back nobody.
    package private(set) var warnings: [String] = []

    package static let none = Unaccepted()

    /// Who is who to whom; `nil` where nobody asks.
    private var roster: Roster?

    /// Changes of one tenant that are told one by one.
    private static let most = 20

    private init() {}

    /// Nothing of these tenants is to change.
    package init(holding tenants: some Sequence<String>) {
        let problem = Problem(code: Problem.unaccepted, at: .none, "what is published stays")
        for tenant in tenants { self.tenants[tenant] = [problem] }
    }

    /// - Parameter accepted: at the commit.
    package init(_ accepted: AcceptedState, in mode: AuthorizationMode) {
        guard mode != .off else { return }
        var problems: [String?: [Problem]] = [:]
        for (key, change) in accepted.outstanding {
            for refusal in change.refusals {
                problems[key.tenant, default: []].append(Problem(refusal, of: change.commit))
                files.insert(refusal.span.file.path)
            }
            if change.refusals.isEmpty { problems[key.tenant, default: []] += [] }
        }
        for (tenant, all) in problems.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
            var told = Array(all.prefix(Self.most))
            if all.count > told.count {
                told.append(Problem(code: Problem.unaccepted, at: .none, "and \(all.count - told.count) more"))
            }
            if let tenant, mode == .enforce {
                tenants[tenant] = told
            } else {
                warnings += told.map(\.description)
            }
        }
        guard mode == .enforce else {
            files = []
            return
        }
        roster = accepted.roster
    }

    /// Whether who made a commit has a say in what a tenant may lose.
    ///
    /// - Parameter object: as `Repository.commitBytes` gives it.
    func mayVouch(_ object: [UInt8], for tenant: String) -> Bool {
        guard let roster else { return true }
        let person = CommitProof(ofCommit: object).key.flatMap { roster.person($0, in: tenant) }
        return person.map { $0.role >= .member } ?? false
    }
}

extension Problem {
    static let unaccepted = "authorization"

    fileprivate init(_ refusal: AuthorizationRefusal, of commit: ObjectID) {
        self.init(
            code: Self.unaccepted, at: refusal.span,
            "\(refusal.message) (revert commit \(commit.short), or who may make the change approves it: "
                + "cvlan approve \(commit))")
    }
}
