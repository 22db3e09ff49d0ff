/// Reads the fields of one mapping, and in the end knows which were not asked for.
struct FieldReader {
    /// Of the mapping: where a field that is left out could be written.
    let span: SourceSpan
    let context: DecodingContext
    private let name: String
    private let entries: [SyntaxNode.Entry]
    private var known: [String] = []

    init?(_ node: SyntaxNode, name: String, context: DecodingContext) {
        guard case .mapping(let entries) = node.content else {
            context.wrongType(node, name, "a mapping")
            return nil
        }
        self.init(entries: entries, span: node.span, name: name, context: context)
    }

    /// A mapping that is left out, read as an empty one.
    init(emptyAt span: SourceSpan, name: String, context: DecodingContext) {
        self.init(entries: [], span: span, name: name, context: context)
    }

    private init(entries: [SyntaxNode.Entry], span: SourceSpan, name: String, context: DecodingContext) {
        self.entries = entries
        self.span = span
        self.name = name
        self.context = context
        known.reserveCapacity(12)
    }

    /// The value as it is written. The field counts as known from here on.
    mutating func node(_ key: String) -> SyntaxNode? {
        known.append(key)
        return index(of: key).map { entries[$0].value }
    }

    func isPresent(_ key: String) -> Bool { index(of: key) != nil }

    private func index(of key: String) -> Int? {
        for index in entries.indices where entries[index].key == key { return index }
        return nil
    }

    func isEmptyList(_ key: String) -> Bool {
        guard case .sequence(let items)? = entries.first(where: { $0.key == key })?.value.content else { return false }
        return items.isEmpty
    }

    mutating func optional<T>(_ key: String, _ type: FieldType<T>) -> Located<T?> {
        guard let node = node(key) else { return Located(nil, at: span.leftOut) }
        return Located(type.read(node, key, context), at: node.span)
    }

    /// The span tells whether it is written there or left out.
    mutating func value<T>(_ key: String, _ type: FieldType<T>, default value: T) -> Located<T> {
        let read = optional(key, type)
        return Located(read.value ?? value, at: read.span)
    }

    mutating func required<T>(_ key: String, _ type: FieldType<T>) -> Located<T>? {
        guard let node = node(key) else {
            context.report(.missingField, at: span, "`\(name)` must have a field `\(key)`")
            return nil
        }
        return type.read(node, key, context).map { Located($0, at: node.span) }
    }

    mutating func list<T>(_ key: String, of type: FieldType<T>) -> [T] {
        optional(key, .list(of: type)).value ?? []
    }

    mutating func locatedList<T>(_ key: String, of type: FieldType<T>) -> [Located<T>] {
        list(key, of: type.located)
    }

    mutating func reportUnknown() {
        for entry in entries where !known.contains(entry.key) {
            context.report(
                .unknownField, at: entry.keySpan,
                "`\(name)` has no field `\(entry.key.shortened)`" + hint(for: entry.key))
        }
    }

    private func hint(for key: String) -> String {
        if key == "<<" { return ": merge keys are not supported" }
        if let near = Spelling.nearest(to: key, among: known) { return ": did you mean `\(near)`?" }
        return known.isEmpty ? "" : ": it can have \(known.map { "`\($0)`" }.joined(separator: ", "))"
    }
}
