extension Policy {
    /// Reads `spec` into a policy that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> Policy? {
        var policy = Policy(metadata: metadata)
        policy.$cvlan = fields.optional("cvlan", .label)
        policy.rules = fields.list("rules", of: .rule)
        policy.tests = fields.list("tests", of: .test)
        return policy
    }
}

extension FieldType where Value == Policy.Rule {
    fileprivate static let rule = mapping { fields in
        let name = fields.optional("name", .label)
        let action = fields.required("action", .choice as FieldType<PolicyAction>)
        let from = fields.required("from", .list(of: .selector))
        let to = fields.required("to", .list(of: .selector))
        let ports = fields.optional("ports", .locatedList(of: .port))
        if fields.isEmptyList("ports") {
            fields.context.report(.badValue, at: fields.span, "`ports` is empty: leave it out to mean everything")
        }
        guard let action, let from, let to else { return nil }
        var rule = Policy.Rule(action: action, from: from.value, to: to.value)
        rule.$name = name
        rule.ports = ports.value ?? []
        return rule
    }
}

extension FieldType where Value == Policy.Test {
    fileprivate static let test = mapping { fields in
        let from = fields.required("from", .selector)
        let to = fields.required("to", .selector)
        let port = fields.optional("port", .port)
        let expect = fields.required("expect", .choice as FieldType<PolicyAction>)
        guard let from, let to, let expect else { return nil }
        var test = Policy.Test(from: from.value, to: to.value, expect: expect, at: fields.span)
        test.$port = port
        return test
    }
}
