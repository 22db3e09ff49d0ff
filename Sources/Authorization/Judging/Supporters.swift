internal import SSHSignatures

/// Whoever stands for a commit: its signer, and those who approved it.
struct Supporters: Sendable {
    var signer: SSHKey?
    /// Whose approvals were there when it was published.
    var approvers: [SSHKey] = []
    /// Whose approvals nobody has seen before. They count only of who has the role now, too: whoever lost it could write that
    /// an approval is old.
    var newApprovers: [SSHKey] = []
    /// What people are now; `nil`: new approvals do not count.
    var present: Roster?

    /// The names of those of them who have at least a role. Two keys of one person are one person.
    func people(atLeast role: Role, in tenant: String?, _ roster: Roster) -> Set<String> {
        func isOne(_ key: SSHKey, _ roster: Roster) -> Bool {
            roster.person(key, in: tenant).map { $0.role >= role } ?? false
        }
        let new = newApprovers.filter { key in present.map { isOne(key, $0) } ?? false }
        let keys = (signer.map { [$0] } ?? []) + approvers + new
        return Set(keys.filter { isOne($0, roster) }.compactMap { roster.person($0, in: tenant)?.name })
    }

    /// Those who approved it, whether that counts or not.
    var allApprovers: [SSHKey] { approvers + newApprovers }

    /// Without the commit's signer.
    var onlyApprovers: Supporters {
        var supporters = self
        supporters.signer = nil
        return supporters
    }
}
