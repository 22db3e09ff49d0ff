/// Reads the fields of one mapping, and in the end knows which were not asked for.
///
/// Every field is asked for once, with a line about it, which editors show. Ask for all fields before anything is decided by
/// their values: the schema has those that are asked for when nothing is written.
struct FieldReader {
    /// Of the mapping: where a field that is left out could be written.
    let span: SourceSpan
    let context: DecodingContext
    private let name: String
    private let entries: [SyntaxNode.Entry]
    private var known: [String] = []
    /// How many of the entries have been asked for.
    private var asked = 0
    /// Where there is nothing to read, but a schema to be made.
    private let recorder: SchemaRecorder?

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

    private init(
        entries: [SyntaxNode.Entry], span: SourceSpan, name: String, context: DecodingContext,
        recorder: SchemaRecorder? = nil
    ) {
        self.entries = entries
        self.span = span
        self.name = name
        self.context = context
        self.recorder = recorder
        known.reserveCapacity(12)
    }

    /// Lets `body` ask for its fields, and tells which these are.
    static func record(_ definitions: SchemaDefinitions, _ body: (inout FieldReader) -> Void)
        -> SchemaRecorder
    {
        let recorder = SchemaRecorder(definitions)
        var fields = FieldReader(
            entries: [], span: .none, name: "", context: DecodingContext(mostProblems: 0),
            recorder: recorder)
        body(&fields)
        return recorder
    }

    static func schema(_ definitions: SchemaDefinitions, _ body: (inout FieldReader) -> Void)
        -> Schema
    {
        record(definitions, body).schema
    }

    /// The value as it is written. The field counts as known from here on.
    mutating func node(_ key: String) -> SyntaxNode? {
        known.append(key)
        guard let index = index(of: key) else { return nil }
        asked += 1
        return entries[index].value
    }

    func isPresent(_ key: String) -> Bool { index(of: key) != nil }

    /// Whether any of these is written, or something that could be one misspelt.
    func resembles(_ keys: [String]) -> Bool {
        entries.contains { keys.contains($0.key) || Spelling.nearest(to: $0.key, among: keys) != nil }
    }

    private func index(of key: String) -> Int? {
        // Most that are not equal differ in length already.
        let length = key.utf8.count
        for index in entries.indices where entries[index].key.utf8.count == length && entries[index].key == key {
            return index
        }
        return nil
    }

    func isEmptyList(_ key: String) -> Bool {
        guard case .sequence(let items)? = index(of: key).map({ entries[$0].value.content }) else {
            return false
        }
        return items.isEmpty
    }

    /// Which of these fields are written; it should be exactly one.
    func alternatives(_ keys: [String]) -> [String] {
        recorder?.add(alternatives: keys)
        return keys.filter(isPresent)
    }

    mutating func optional<T>(_ key: String, _ type: FieldType<T>, _ about: String) -> Located<T?> {
        guard let node = node(key) else {
            recorder?.add(key, type, about)
            return Located(nil, at: span.leftOut)
        }
        return Located(type.read(node, key, context), at: node.span)
    }

    /// The span tells whether it is written there or left out.
    mutating func value<T>(_ key: String, _ type: FieldType<T>, default value: T, _ about: String)
        -> Located<T>
    {
        guard let node = node(key) else {
            recorder?.add(key, type, about, default: value)
            return Located(value, at: span.leftOut)
        }
        return Located(type.read(node, key, context) ?? value, at: node.span)
    }

    mutating func required<T>(_ key: String, _ type: FieldType<T>, _ about: String) -> Located<T>? {
        guard let node = node(key) else {
            recorder?.add(key, type, about, isRequired: true)
            context.report(.missingField, at: span, "`\(name)` must have a field `\(key)`")
            return nil
        }
        return type.read(node, key, context).map { Located($0, at: node.span) }
    }

    mutating func list<T>(_ key: String, of type: FieldType<T>, _ about: String) -> [T] {
        guard let node = node(key) else {
            recorder?.add(key, FieldType.list(of: type), about)
            return []
        }
        return node.elements(key, context) { [context] in type.read($0, key, context) } ?? []
    }

    mutating func locatedList<T>(
        _ key: String, of type: FieldType<T>, _ about: String
    ) -> [Located<T>] {
        guard let node = node(key) else {
            recorder?.add(key, FieldType.locatedList(of: type), about)
            return []
        }
        return node.elements(key, context) { [context] element in
            type.read(element, key, context).map { Located($0, at: element.span) }
        } ?? []
    }

    mutating func reportUnknown() {
        guard asked < entries.count else { return }
        for entry in entries where !known.contains(entry.key) {
            let near = Spelling.nearest(to: entry.key, among: known)
            context.report(
                .unknownField, at: entry.keySpan,
                "`\(name)` has no field `\(entry.key.shortened)`" + hint(for: entry.key, near),
                fixes: near.map { isPresent($0) ? [] : Fix.write($0, at: entry.keySpan, .suggested) } ?? [])
        }
    }

    private func hint(for key: String, _ near: String?) -> String {
        if key == "<<" { return ": merge keys are not supported" }
        if let near { return ": did you mean `\(near)`?" }
        return known.isEmpty ? "" : ": it can have \(known.map { "`\($0)`" }.joined(separator: ", "))"
    }
}
