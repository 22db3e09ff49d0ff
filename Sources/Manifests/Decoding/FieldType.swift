/// How the value of a field is read. `nil` when it is not what the field takes, which has been reported then.
struct FieldType<Value>: Sendable {
    /// The string is the field's name, for messages.
    let read: @Sendable (SyntaxNode, String, DecodingContext) -> Value?
}

extension FieldType {
    /// A value with its place.
    var located: FieldType<Located<Value>> {
        FieldType<Located<Value>> { node, name, context in
            read(node, name, context).map { Located($0, at: node.span) }
        }
    }

    /// A list; what is wrong with one element does not hide what is wrong with the next.
    static func list<Element>(of element: FieldType<Element>) -> FieldType<[Element]> where Value == [Element] {
        FieldType<[Element]> { node, name, context in
            guard case .sequence(let items) = node.content else {
                context.wrongType(node, name, "a list")
                return nil
            }
            return items.compactMap { element.read($0, name, context) }
        }
    }

    /// A list whose elements know their places.
    static func locatedList<Element>(of element: FieldType<Element>) -> FieldType<[Located<Element>]>
    where Value == [Located<Element>] {
        list(of: element.located)
    }

    /// A mapping, read field by field.
    static func mapping(_ body: @escaping @Sendable (inout FieldReader) -> Value?) -> FieldType {
        FieldType { node, name, context in
            guard var fields = FieldReader(node, name: name, context: context) else { return nil }
            let value = body(&fields)
            fields.reportUnknown()
            return value
        }
    }
}

extension DecodingContext {
    func wrongType(_ node: SyntaxNode, _ name: String, _ expected: String) {
        switch node.content {
        case .scalar(let text, isPlain: true) where node.type == .null:
            report(
                .wrongType, at: node.span,
                "`\(name)` must be \(expected), but nothing is here" + (text.isEmpty ? "" : " (`\(text)`)"))
        case .scalar(let text, isPlain: true) where node.type != .string && expected == ValueType.string.rawValue:
            report(
                .wrongType, at: node.span,
                "`\(name)` must be a string, but `\(text.shortened)` is \(node.type.rawValue): write \"\(text.shortened)\""
            )
        case .scalar(let text, _):
            report(
                .wrongType, at: node.span,
                "`\(name)` must be \(expected), but `\(text.shortened)` is \(node.type.rawValue)")
        case .sequence, .mapping:
            report(.wrongType, at: node.span, "`\(name)` must be \(expected), but this is \(node.type.rawValue)")
        }
    }
}
