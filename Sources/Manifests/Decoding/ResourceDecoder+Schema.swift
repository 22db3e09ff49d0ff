extension ResourceDecoder {
    static var versionSchema: Schema {
        Schema(["const": .string(apiVersion), "description": .string(About.version)])
    }

    /// What a manifest of one kind can say.
    static func schema(of kind: ResourceKind, _ definitions: SchemaDefinitions) -> Schema {
        let names = Metadata(tenant: "", name: "")
        let spec = FieldReader.record(definitions) { _ = decode(kind, &$0, metadata: names) }
        let metadata = Metadata.fieldType(of: kind).schema(definitions)
        let required: [JSONText] =
            ["apiVersion", "kind", "metadata"] + (spec.allowsNothing ? [] : ["spec"])
        return Schema([
            "type": "object", "additionalProperties": false, "required": .array(required),
            "properties": .object([
                "apiVersion": versionSchema.json,
                "kind": .object(["const": .string(kind.rawValue), "description": .string(About.kind)]),
                "metadata": metadata.with("description", .string(About.metadata)).json,
                "spec": spec.schema.with("description", .string(About.spec)).json,
            ]),
        ])
    }
}
