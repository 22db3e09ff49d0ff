internal import Manifests
package import SSHSignatures

/// Decides whether a change may be made, by the roles before it. Pure: what it is given is what it knows.
package struct Judge: Sendable {
    /// Of the commit's parent.
    package let roster: Roster

    package init(_ roster: Roster) {
        self.roster = roster
    }

    /// - Parameters:
    ///   - proof: of the commit.
    ///   - approvers: whose signed approvals of this very commit there are.
    package func judge(_ changes: ChangeSet, _ proof: CommitProof, approvedBy approvers: [SSHKey] = []) -> Judgement {
        let supporters = Supporters(signer: proof.key, approvers: approvers)
        var judgement = Judgement()
        func judge(_ changes: [ChangeSet.Change], _ tenant: String?) {
            judgement.add(changes.compactMap { refusal($0, in: tenant, proof, supporters) }, of: tenant)
        }
        for (tenant, changes) in changes.tenants { judge(changes, tenant) }
        judge(changes.repository, nil)
        return judgement
    }

    /// Why a change is not allowed; `nil`: it is.
    func refusal(
        _ change: ChangeSet.Change, in tenant: String?, _ proof: CommitProof, _ supporters: Supporters
    ) -> AuthorizationRefusal? {
        let needed = role(for: change, in: tenant)
        let people = supporters.people(atLeast: needed, in: tenant, roster)
        let wanted = roster.approvals(of: tenant)
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
    func role(for change: ChangeSet.Change, in tenant: String?) -> Role {
        guard let tenant, roster.hasTenant(tenant) else { return .superadmin }
        guard case .resource(let id) = change.subject, id.kind == .tenant else { return .member }
        // With the tenant goes everything that is in it.
        return change.action == .delete ? .superadmin : .admin
    }
}
