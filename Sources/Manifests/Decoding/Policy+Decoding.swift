extension Policy {
    /// Reads `spec` into a policy that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> Policy? {
        var policy = Policy(metadata: metadata)
        policy.$cvlan = fields.optional(
            "cvlan", .label, "The network it is about. Left out: every network of the tenant.")
        policy.rules = fields.list(
            "rules", of: .rule,
            "Who may open which flow. A matching deny wins over every allow; order never matters.")
        policy.tests = fields.list(
            "tests", of: .test, "Reachability that must, or must not, hold; lint and plan check it.")
        return policy
    }
}

extension FieldType where Value == Policy.Rule {
    fileprivate static let rule = mapping { fields in
        let name = fields.optional("name", .label, "For people and counters; rules need not be named.")
        let action = fields.required(
            "action", .choice as FieldType<PolicyAction>, "What happens to the flows that match.")
        let from = fields.required(
            "from", .selectors, "Who opens the flow: a union of selectors.")
        let to = fields.required(
            "to", .selectors, "Who is reached: a union of selectors.")
        let ports = fields.optional(
            "ports", .ports, "tcp/443, tcp/8000-8100, udp/53, icmp. Left out: everything.")
        if fields.isEmptyList("ports") {
            fields.context.report(
                .badValue, at: fields.span, "`ports` is empty: leave it out to mean everything")
        }
        guard let action, let from, let to else { return nil }
        var rule = Policy.Rule(action: action, from: from.value, to: to.value)
        rule.$name = name
        rule.ports = ports.value ?? []
        return rule
    }
}

extension FieldType where Value == [Located<PortMatch>] {
    fileprivate static let ports = locatedList(of: .port).validated("minItems", 1)
}

extension FieldType where Value == Policy.Test {
    fileprivate static let test = mapping { fields in
        let from = fields.required("from", .selector, "Every node that this selects opens the flow.")
        let to = fields.required("to", .selector, "Every node that this selects is reached.")
        let port = fields.optional(
            "port", .port, "One port, or icmp. Left out: something that only rules without ports decide.")
        let expect = fields.required(
            "expect", .choice as FieldType<PolicyAction>, "What must happen to the flow.")
        guard let from, let to, let expect else { return nil }
        var test = Policy.Test(from: from.value, to: to.value, expect: expect, at: fields.span)
        test.$port = port
        return test
    }
}
