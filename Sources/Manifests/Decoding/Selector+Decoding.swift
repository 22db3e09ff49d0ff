extension FieldType where Value == Selector {
    /// A mapping with one of the terms, and perhaps `except`. Recursive: bounded by the depth of a document.
    static let selector: FieldType = mapping(definition: "selector") { fields in
        let terms: [Located<Selector.Term?>] = [
            fields.optional("node", .label, "The node with this name.").map {
                $0.map(Selector.Term.node)
            },
            fields.optional("group", .label, "A group of the tenant.").map {
                $0.map(Selector.Term.group)
            },
            fields.optional(
                "labels", .someLabels, "Nodes that have all of these labels."
            ).map { $0.map(Selector.Term.labels) },
            fields.optional(
                "cidr", .prefix,
                "Addresses: of nodes in the network, and of hosts behind a gateway's route."
            ).map { $0.map(Selector.Term.cidr) },
            fields.optional("any", .onlyTrue, "Everyone.").map { $0.map { _ in Selector.Term.any } },
        ]
        let except = fields.list("except", of: .selector, "Without what any of these selects.")
        let written = fields.alternatives(names)
        guard written.count == 1, let index = names.firstIndex(where: { $0 == written.first }) else {
            let list = names.map { "`\($0)`" }.joined(separator: ", ")
            fields.context.report(
                written.isEmpty ? .missingField : .badValue, at: fields.span,
                "a selector must have one of \(list)"
                    + (written.isEmpty ? "" : ", not \(written.joined(separator: " and "))"))
            return nil
        }
        guard let term = terms[index].value else { return nil }
        return Selector(Located(term, at: terms[index].span), except: except)
    }

    private static let names = ["node", "group", "labels", "cidr", "any"]
}

extension FieldType where Value == [Selector] {
    /// A union, which has someone in it.
    static let selectors = list(of: .selector).validated("minItems", 1)
}

extension FieldType where Value == [String: String] {
    fileprivate static let someLabels = labels.validated("minProperties", 1)
}
