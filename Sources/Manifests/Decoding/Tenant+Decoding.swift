extension Tenant {
    /// Reads `spec` into a tenant that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> Tenant? {
        var tenant = Tenant(metadata: metadata)
        tenant.$displayName = fields.optional("displayName", .string, "The tenant's name for people.")
        tenant.$domain = fields.optional(
            "domain", .domain, "Names of nodes are NODE.CVLAN.DOMAIN. Left out: TENANT.cvlan.")
        tenant.members = fields.list("members", of: .member, "People, and what they may change.")
        tenant.$approvals = fields.value(
            "approvals", .approvals, default: tenant.approvals,
            "How many people must stand for each change: whoever signed the commit, and others with `cvlan approve`.")
        tenant.groups = fields.list(
            "groups", of: .group, "Names for selectors, usable in every policy of the tenant.")
        tenant.defaults =
            fields.value(
                "defaults", .defaults, default: Defaults(),
                "What holds where a network or a policy says nothing."
            ).value
        tenant.addressPools =
            fields.value(
                "addressPools", .locatedList(of: .prefix).validated("maxItems", 256), default: [],
                "Where networks with `auto` are cut from, in this order."
            ).value
        tenant.enrollment =
            fields.value("enrollment", .enrollment, default: Enrollment(), "How machines become nodes.")
            .value
        return tenant
    }
}

extension FieldType where Value == Int {
    fileprivate static let approvals = integer(validatedIn: Tenant.approvalCounts)
}

extension FieldType where Value == Tenant.Member {
    fileprivate static let member = mapping { fields in
        let name = fields.required(
            "name", .string.validated("minLength", 1),
            "The person's name, as commits and the audit have it.")
        let role = fields.required(
            "role", .choice as FieldType<MemberRole>, "What the person may do to the tenant's manifests.")
        let keys = fields.locatedList(
            "keys", of: .sshKey, "SSH public keys that sign the person's commits.")
        guard let name, let role else { return nil }
        var member = Tenant.Member(name: name)
        member.$role = role
        member.keys = keys
        return member
    }
}

extension FieldType where Value == Tenant.Group {
    fileprivate static let group = mapping { fields in
        let name = fields.required("name", .label, "What selectors name the group by.")
        let members = fields.required(
            "members", .selectors, "Who is in the group: a union of selectors.")
        guard let name, let members else { return nil }
        return Tenant.Group(name: name, members: members.value)
    }
}

extension FieldType where Value == Tenant.Defaults {
    fileprivate static let defaults = mapping { fields in
        var defaults = Tenant.Defaults()
        defaults.$action = fields.value(
            "action", .choice, default: defaults.action, "What happens to a flow that no rule decides.")
        defaults.$linkProtocol = fields.value(
            "protocol", .choice, default: defaults.linkProtocol, "How links are encrypted.")
        defaults.$ipsecProfile = fields.value(
            "ipsecProfile", .choice, default: defaults.ipsecProfile,
            "Which algorithms IPsec links may use.")
        return defaults
    }
}

extension FieldType where Value == Tenant.Enrollment {
    fileprivate static let enrollment = mapping { fields in
        var enrollment = Tenant.Enrollment()
        enrollment.$approval = fields.value(
            "approval", .choice, default: enrollment.approval,
            "Whether an enrolled node joins at once, or waits on a branch for review.")
        enrollment.tokenKeys = fields.locatedList(
            "tokenKeys", of: .tokenKey, "Who may sign join tokens: Ed25519 public keys as PASERK.")
        return enrollment
    }
}
