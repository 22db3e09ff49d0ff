/// Notes which fields a decoder asks for: the schema of a mapping is made by the code that reads it.
final class SchemaRecorder {
    let definitions: SchemaDefinitions
    private var properties: [JSONText.Member] = []
    private var required: [String] = []
    private var alternatives: [String] = []

    init(_ definitions: SchemaDefinitions) {
        self.definitions = definitions
    }

    func add<T>(
        _ key: String, _ type: FieldType<T>, _ about: String, isRequired: Bool = false,
        default value: T? = nil
    ) {
        let schema = type.schema(definitions).with("description", .string(about))
        properties.append(JSONText.Member(key, schema.with("default", value.flatMap(Self.json)).json))
        if isRequired { required.append(key) }
    }

    /// Exactly one of these is written.
    func add(alternatives keys: [String]) {
        alternatives = keys
    }

    /// Whether a mapping could be left out, or be empty.
    var allowsNothing: Bool { required.isEmpty && alternatives.isEmpty }

    var schema: Schema {
        Schema(["type": "object", "additionalProperties": false])
            .with("properties", .members(properties))
            .with("required", required.isEmpty ? nil : .array(required.map(JSONText.string)))
            .with(
                "oneOf",
                alternatives.isEmpty
                    ? nil : .array(alternatives.map { .object(["required": [.string($0)]]) }))
    }

    private static func json(_ value: some Any) -> JSONText? {
        if let number = value as? Int { return .integer(number) }
        return ((value as? any RawRepresentable)?.rawValue as? String).map(JSONText.string)
    }
}
