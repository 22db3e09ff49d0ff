extension Tenant {
    /// Reads `spec` into a tenant that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> Tenant? {
        var tenant = Tenant(metadata: metadata)
        tenant.$displayName = fields.optional("displayName", .string)
        tenant.$domain = fields.optional("domain", .domain)
        tenant.members = fields.list("members", of: .member)
        tenant.groups = fields.list("groups", of: .group)
        tenant.defaults = fields.value("defaults", .defaults, default: Defaults()).value
        tenant.addressPools = fields.locatedList("addressPools", of: .prefix)
        tenant.enrollment = fields.value("enrollment", .enrollment, default: Enrollment()).value
        return tenant
    }
}

extension FieldType where Value == Tenant.Member {
    fileprivate static let member = mapping { fields in
        let name = fields.required("name", .string)
        let role = fields.required("role", .choice as FieldType<MemberRole>)
        let keys = fields.locatedList("keys", of: .sshKey)
        guard let name, let role else { return nil }
        var member = Tenant.Member(name: name)
        member.$role = role
        member.keys = keys
        return member
    }
}

extension FieldType where Value == Tenant.Group {
    fileprivate static let group = mapping { fields in
        let name = fields.required("name", .label)
        let members = fields.required("members", .list(of: .selector))
        guard let name, let members else { return nil }
        return Tenant.Group(name: name, members: members.value)
    }
}

extension FieldType where Value == Tenant.Defaults {
    fileprivate static let defaults = mapping { fields in
        var defaults = Tenant.Defaults()
        defaults.$action = fields.value("action", .choice, default: defaults.action)
        defaults.$linkProtocol = fields.value("protocol", .choice, default: defaults.linkProtocol)
        defaults.$ipsecProfile = fields.value("ipsecProfile", .choice, default: defaults.ipsecProfile)
        return defaults
    }
}

extension FieldType where Value == Tenant.Enrollment {
    fileprivate static let enrollment = mapping { fields in
        var enrollment = Tenant.Enrollment()
        enrollment.$approval = fields.value("approval", .choice, default: enrollment.approval)
        enrollment.tokenKeys = fields.locatedList("tokenKeys", of: .tokenKey)
        return enrollment
    }
}
