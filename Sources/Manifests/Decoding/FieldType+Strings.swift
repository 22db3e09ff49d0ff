extension SyntaxNode {
    /// The text of a string. `nil` when it is none, which has been reported then.
    func string(_ name: String, _ context: DecodingContext) -> String? {
        guard case .scalar(let text, _) = content, type == .string else {
            context.wrongType(self, name, ValueType.string.rawValue, fixes: quoting)
            return nil
        }
        return text
    }

    private var quoting: [Fix] {
        guard case .scalar(let text, isPlain: true) = content else { return [] }
        return Fix.quote(text, at: span, .safe)
    }
}

extension DecodingContext {
    /// Says where another reader of YAML would see no string.
    func remarkIfAmbiguous(_ text: String, _ isPlain: Bool, at span: SourceSpan) {
        guard isPlain, let type = ElsewhereSchema.type(of: text) else { return }
        remark(
            .ambiguousWord, at: span,
            "`\(text.shortened)` is a string here, but other readers of YAML take it for \(type)",
            fixes: Fix.quote(text, at: span, .safe))
    }

    func remarkIfAmbiguous(_ node: SyntaxNode) {
        if case .scalar(let text, let isPlain) = node.content {
            remarkIfAmbiguous(text, isPlain, at: node.span)
        }
    }
}

extension FieldType where Value == String {
    static let string = FieldType({ _ in Schema(["type": "string"]) }) { node, name, context in
        guard let text = node.string(name, context) else { return nil }
        context.remarkIfAmbiguous(node)
        return text
    }

    /// A DNS label.
    static let label = name(
        DomainName.isLabel, TextPattern.label,
        "must be 1 to 63 of a-z, 0-9 and -, and begin and end with a letter or digit")

    /// A DNS domain of one or more labels.
    static let domain = name(
        DomainName.isDomain, TextPattern.domain,
        "must be labels of a-z, 0-9 and - joined by dots, with no dot at the end")

    private static func name(
        _ isName: @escaping @Sendable (String) -> Bool, _ pattern: String, _ rule: String
    ) -> FieldType {
        FieldType({ _ in .text(pattern) }) { node, name, context in
            guard let text = node.string(name, context) else { return nil }
            guard isName(text) else {
                let near = TextRepair.name(text).flatMap { isName($0) ? $0 : nil }
                context.report(
                    .badName, at: node.span,
                    "`\(name)` \(rule), not `\(text.shortened)`" + (near.map { ": write `\($0)`" } ?? ""),
                    fixes: near.map { Fix.write($0, at: node.span, .suggested) } ?? [])
                return nil
            }
            context.remarkIfAmbiguous(node)
            return text
        }
    }
}

extension FieldType
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static var choice: FieldType {
        FieldType { _ in
            Schema(["enum": .array(Value.allCases.map { .string($0.rawValue) })])
        } read: { node, name, context in
            if case .scalar(let text, _) = node.content, let value = Value(rawValue: text) { return value }
            let words = Value.allCases.map(\.rawValue)
            let list = words.map { "`\($0)`" }.joined(separator: ", ")
            guard case .scalar(let text, _) = node.content, node.type == .string else {
                context.wrongType(node, name, "one of \(list)")
                return nil
            }
            let near = Spelling.nearest(to: text, among: words)
            context.report(
                .badChoice, at: node.span,
                "`\(name)` must be one of \(list), not `\(text.shortened)`"
                    + (near.map { ": did you mean `\($0)`?" } ?? ""),
                fixes: near.map {
                    Fix.write($0, at: node.span, text.lowercased() == $0 ? .safe : .suggested)
                } ?? [])
            return nil
        }
    }
}
