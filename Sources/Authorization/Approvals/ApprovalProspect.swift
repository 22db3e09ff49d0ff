package import GitRepository
package import SSHSignatures

/// What somebody is about to approve: what a commit changes, whose it is, and who else must stand for it.
package struct ApprovalProspect: Sendable {
    /// What a commit changes of one tenant, or of the repository (`nil`).
    package struct Part: Sendable {
        package let tenant: String?
        package let changes: [ChangeSet.Change]
        /// The highest role that one of the changes needs.
        package let needed: Role
        package let wanted: Int
        /// Those who stand for all of it now, by name.
        package let people: [String]
    }

    package let verdict: CommitVerdict
    package let parts: [Part]
    private let roster: Roster

    /// Judges the history up to a commit.
    package init(
        of commit: ObjectID, in repository: Repository, root: RootAuthority, approvals: Approvals
    ) async throws {
        var judge = HistoryJudge(root: root, approvals: approvals)
        let verdicts = try await judge.advance(to: commit, in: repository)
        guard let verdict = verdicts.last(where: { $0.commit == commit }) else {
            throw GitError(.notFound, "\(commit.short) is not judged")
        }
        let roster =
            verdict.base.flatMap { judge.accepted(at: $0)?.roster } ?? Roster(superadmins: root.superadmins)
        let tenants = verdict.changes.tenants.sorted { $0.key < $1.key }
        let all =
            (verdict.changes.repository.isEmpty ? [] : [(nil, verdict.changes.repository)]) + tenants.map { ($0, $1) }
        let supporters = Supporters(signer: verdict.proof.key, approvers: approvals.approvers(of: commit))
        parts = all.map { (tenant: String?, changes) in
            let rules = Judge(roster)
            let needed = changes.map { rules.role(for: $0, in: tenant) }.max() ?? .member
            return Part(
                tenant: tenant, changes: changes, needed: needed, wanted: roster.approvals(of: tenant),
                people: supporters.people(atLeast: needed, in: tenant, roster).sorted())
        }
        self.verdict = verdict
        self.roster = roster
    }

    /// What somebody with this key is to a tenant, or to the repository.
    package func person(_ key: SSHKey, in tenant: String?) -> Roster.Person? { roster.person(key, in: tenant) }

    /// Whether an approval by this key would count anywhere.
    package func counts(_ key: SSHKey) -> Bool {
        parts.contains { part in (person(key, in: part.tenant)?.role ?? .readonly) >= part.needed }
    }
}

extension ApprovalProspect: CustomStringConvertible {
    package var description: String {
        let lines = parts.flatMap { part in
            let who = part.people.isEmpty ? "nobody yet" : part.people.joined(separator: ", ")
            let head =
                "\(part.tenant.map { "tenant \($0)" } ?? "the repository"): \(part.people.count) of \(part.wanted) people with "
                + "the role \(part.needed.rawValue) stand for it (\(who))"
            return [head] + part.changes.map { "  \($0.span): \($0)" }
        }
        return (["the commit is \(verdict.proof)"] + (lines.isEmpty ? ["it changes no manifest"] : lines))
            .joined(separator: "\n")
    }
}
