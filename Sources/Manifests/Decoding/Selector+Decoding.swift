extension FieldType where Value == Selector {
    /// A mapping with one of the terms, and perhaps `except`. Recursive: bounded by the depth of a document.
    static var selector: FieldType {
        .mapping { fields in
            let terms: [Located<Selector.Term?>] = [
                fields.optional("node", .label).map { $0.map(Selector.Term.node) },
                fields.optional("group", .label).map { $0.map(Selector.Term.group) },
                fields.optional("labels", .labels).map { $0.map(Selector.Term.labels) },
                fields.optional("cidr", .prefix).map { $0.map(Selector.Term.cidr) },
                fields.optional("any", .onlyTrue).map { $0.map { _ in Selector.Term.any } },
            ]
            let except = fields.list("except", of: .selector)
            let written = names.filter(fields.isPresent)
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
    }

    private static var names: [String] { ["node", "group", "labels", "cidr", "any"] }
}
