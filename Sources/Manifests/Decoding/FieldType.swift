/// How the value of a field is read, and what tools are told of it: one declaration for both, so that they agree.
///
/// To make one costs several allocations: those of fields that many manifests have are constants.
struct FieldType<Value>: Sendable {
    /// Accepts whatever `read` does.
    let schema: @Sendable (SchemaDefinitions) -> Schema
    /// `nil` when it is not what the field takes, which has been reported then. The string is the field's name, for
    /// messages.
    let read: @Sendable (SyntaxNode, String, DecodingContext) -> Value?

    init(
        _ schema: @escaping @Sendable (SchemaDefinitions) -> Schema,
        read: @escaping @Sendable (SyntaxNode, String, DecodingContext) -> Value?
    ) {
        self.schema = schema
        self.read = read
    }
}

extension FieldType {
    /// A value with its place.
    var located: FieldType<Located<Value>> {
        FieldType<Located<Value>>(schema) { node, name, context in
            read(node, name, context).map { Located($0, at: node.span) }
        }
    }

    /// The same type, with something in its schema that is asked of the value when it has been decoded.
    func validated(_ keyword: String, _ value: JSONText) -> FieldType {
        FieldType({ schema($0).with(keyword, value) }, read: read)
    }

    /// A list; what is wrong with one element does not hide what is wrong with the next.
    static func list<Element>(of element: FieldType<Element>) -> FieldType<[Element]>
    where Value == [Element] {
        FieldType<[Element]>({ Schema(["type": "array", "items": element.schema($0).json]) }) {
            node, name, context in
            node.elements(name, context) { element.read($0, name, context) }
        }
    }

    /// A list whose elements know their places.
    static func locatedList<Element>(of element: FieldType<Element>) -> FieldType<[Located<Element>]>
    where Value == [Located<Element>] {
        list(of: element.located)
    }

    /// A mapping, read field by field.
    ///
    /// - Parameter definition: under which name schemas have it, if it refers to itself.
    static func mapping(
        definition: String? = nil, _ body: @escaping @Sendable (inout FieldReader) -> Value?
    ) -> FieldType {
        FieldType { definitions in
            let record = { (definitions: SchemaDefinitions) in
                FieldReader.schema(definitions) { _ = body(&$0) }
            }
            return definition.map { definitions.reference(to: $0, record) } ?? record(definitions)
        } read: { node, name, context in
            guard var fields = FieldReader(node, name: name, context: context) else { return nil }
            let value = body(&fields)
            fields.reportUnknown()
            return value
        }
    }
}

extension SyntaxNode {
    /// What the elements of a list are read as, without those that cannot be; `nil` when it is no list, which has been
    /// reported then.
    func elements<Element>(
        _ name: String, _ context: DecodingContext, _ read: (SyntaxNode) -> Element?
    ) -> [Element]? {
        guard case .sequence(let items) = content else {
            context.wrongType(self, name, "a list")
            return nil
        }
        return items.compactMap(read)
    }
}
