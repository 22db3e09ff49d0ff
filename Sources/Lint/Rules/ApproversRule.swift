internal import Manifests

/// Enough people have a key to stand for each change as `approvals` asks for it.
struct ApproversRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        let tenant = tenant.tenant
        let wanted = tenant.approvals
        guard wanted > 1 else { return }
        let members = people(tenant, [.member, .admin])
        let admins = people(tenant, [.admin])
        let (found, what, who) =
            members < wanted
            ? (members, "each change", "member or admin") : (admins, "a change of the tenant itself", "admin")
        guard found < wanted else { return }
        let count = found == 0 ? "no \(who) has" : found == 1 ? "only 1 \(who) has" : "only \(found) of \(who) have"
        report.add(
            .tooFewApprovers, at: tenant.$approvals.span,
            "\(wanted) people must stand for \(what), and \(count) a key: without a superadmin it stays refused")
    }

    /// Whoever has a key; those who share all of theirs are one.
    private func people(_ tenant: Tenant, _ roles: Set<MemberRole>) -> Int {
        var owners: [[UInt8]: String] = [:]
        for member in tenant.members where roles.contains(member.role) {
            for key in member.keys where owners[key.value.blob] == nil { owners[key.value.blob] = member.name }
        }
        return Set(owners.values).count
    }
}
