/// A JSON Schema (draft 2020-12), as far as manifests need it.
struct Schema {
    private var keywords: [JSONText.Member]

    init(_ keywords: KeyValuePairs<String, JSONText>) {
        self.keywords = keywords.map { JSONText.Member($0, $1) }
    }

    /// A string of a form.
    static func text(_ pattern: String) -> Schema {
        Schema(["type": "string", "pattern": .string(pattern)])
    }

    /// The same with one thing more asked or said.
    func with(_ keyword: String, _ value: JSONText?) -> Schema {
        guard let value else { return self }
        var schema = self
        schema.keywords.append(JSONText.Member(keyword, value))
        return schema
    }

    var json: JSONText { .members(keywords) }
}

/// Schemas that have a name, as they refer to themselves or are needed in many places.
final class SchemaDefinitions {
    private var schemas: [String: JSONText] = [:]

    func reference(to name: String, _ make: (SchemaDefinitions) -> Schema) -> Schema {
        if schemas[name] == nil {
            // It may refer to itself.
            schemas[name] = .members([])
            schemas[name] = make(self).json
        }
        return Schema(["$ref": .string("#/$defs/\(name)")])
    }

    /// `nil` when there are none.
    var json: JSONText? {
        guard !schemas.isEmpty else { return nil }
        return .members(schemas.sorted { $0.key < $1.key }.map { JSONText.Member($0.key, $0.value) })
    }
}
