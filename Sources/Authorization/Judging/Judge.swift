internal import Manifests
package import SSHSignatures

/// Decides whether a change may be made, by the roles before it. Pure: what it is given is what it knows.
package struct Judge: Sendable {
    /// Of the commit's parent.
    package let roster: Roster
    /// People that must stand for a change of a tenant; those that are left out need one.
    package let approvals: [String: Int]

    package init(_ roster: Roster, approvals: [String: Int] = [:]) {
        self.roster = roster
        self.approvals = approvals
    }

    /// - Parameters:
    ///   - proof: of the commit.
    ///   - approvers: whose signed approvals of this very commit there are.
    package func judge(_ changes: ChangeSet, _ proof: CommitProof, approvedBy approvers: [SSHKey] = []) -> Judgement {
        let keys = (proof.key.map { [$0] } ?? []) + approvers
        var judgement = Judgement()
        for (tenant, changes) in changes.tenants {
            let refusals = changes.compactMap { refusal($0, in: tenant, proof, keys) }
            judgement.tenants[tenant] = refusals.isEmpty ? .allowed : .refused(refusals)
        }
        let refusals = changes.repository.compactMap { refusal($0, in: nil, proof, keys) }
        judgement.repository = refusals.isEmpty ? .allowed : .refused(refusals)
        return judgement
    }

    private func refusal(
        _ change: ChangeSet.Change, in tenant: String?, _ proof: CommitProof, _ keys: [SSHKey]
    ) -> AuthorizationRefusal? {
        let needed = role(for: change, in: tenant)
        // Two keys of one person are one person.
        let people = Set(keys.compactMap { roster.person($0, in: tenant) }.filter { $0.role >= needed }.map(\.name))
        let wanted = max(1, tenant.flatMap { approvals[$0] } ?? 1)
        guard people.count < wanted else { return nil }
        let reason: AuthorizationRefusal.Reason
        if !people.isEmpty {
            reason = .tooFewApprovals(people.count, of: wanted)
        } else if let key = proof.key {
            reason = .role(roster.person(key, in: tenant))
        } else {
            reason = .noProof
        }
        return AuthorizationRefusal(change: change, tenant: tenant, proof: proof, needed: needed, reason: reason)
    }

    /// The lowest role that may make a change. Where a tenant is not yet, nobody has a role but superadmins.
    private func role(for change: ChangeSet.Change, in tenant: String?) -> Role {
        guard let tenant, roster.hasTenant(tenant) else { return .superadmin }
        guard case .resource(let id) = change.subject, id.kind == .tenant else { return .member }
        // With the tenant goes everything that is in it.
        return change.action == .delete ? .superadmin : .admin
    }
}
