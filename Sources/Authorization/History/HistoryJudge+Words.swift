internal import GitRepository
internal import SSHSignatures

extension HistoryJudge {
    /// Whether somebody's words on a commit are worth keeping: they count for something, and would not count for more once
    /// they are kept. What is kept is held against the roles that people had then, and no more against those of now.
    ///
    /// - Parameter verdict: of the commit, as it was judged last.
    package func isWorthKeeping(_ said: SignedStatement, of verdict: CommitVerdict) -> Bool {
        let judging = eras[verdict.commit] ?? era
        if case .adoption = said.statement.kind {
            return verdict.adoption != nil && judging.superadmin(said.key) != nil && root.superadmin(said.key) != nil
        }
        // From before the beginning: nobody knows who had a say.
        guard verdict.judgement != nil else { return root.superadmin(said.key) != nil }
        var before = verdict.base.flatMap { accepted(at: $0)?.roster } ?? Roster()
        before.set(superadmins: judging.superadmins)
        var now = accepted.roster
        now.set(superadmins: root.superadmins)
        var tenants: [String?] = Array(verdict.changes.tenants.keys)
        if !verdict.changes.repository.isEmpty { tenants.append(nil) }
        let says = tenants.compactMap { tenant in before.person(said.key, in: tenant).map { (tenant, $0.role) } }
            .filter { $0.1 > .readonly }
        return !says.isEmpty
            && says.allSatisfy { tenant, role in now.person(said.key, in: tenant).map { $0.role >= role } ?? false }
    }
}
