/// The JSON Schemas of manifests, for editors and other tools. They come from the declarations that decode: what they
/// refuse, the decoder refuses.
package enum ManifestSchema {
    private static let dialect = "https://json-schema.org/draft/2020-12/schema"

    /// A file with a schema.
    package struct File: Sendable, Hashable {
        package let name: String
        package let text: String
    }

    /// One for each kind, and one for all.
    package static var files: [File] {
        ResourceKind.allCases.map {
            File(name: "\($0.rawValue.lowercased()).schema.json", text: text(of: $0))
        }
            + [File(name: "manifest.schema.json", text: text)]
    }

    /// What a manifest of one kind can say.
    package static func text(of kind: ResourceKind) -> String {
        let definitions = SchemaDefinitions()
        let schema = ResourceDecoder.schema(of: kind, definitions).json
        return document(
            "\(kind.rawValue.lowercased()).schema.json", "CloudVLAN \(kind.rawValue)", schema, definitions
        )
    }

    /// What a manifest of any kind can say, by its `kind`.
    package static var text: String {
        let definitions = SchemaDefinitions()
        let cases = ResourceKind.allCases.map { kind -> JSONText in
            let reference = definitions.reference(to: kind.rawValue) {
                ResourceDecoder.schema(of: kind, $0)
            }
            let isKind: JSONText = .object([
                "properties": .object(["kind": .object(["const": .string(kind.rawValue)])]),
                "required": ["kind"],
            ])
            return .object(["if": isKind, "then": reference.json])
        }
        let schema: JSONText = .object([
            "type": "object", "required": ["apiVersion", "kind"],
            "properties": .object([
                "apiVersion": ResourceDecoder.versionSchema.json,
                "kind": Schema(["enum": .array(ResourceKind.allCases.map { .string($0.rawValue) })])
                    .with("description", .string(ResourceDecoder.About.kind)).json,
            ]),
            "allOf": .array(cases),
        ])
        return document("manifest.schema.json", "CloudVLAN manifest", schema, definitions)
    }

    private static func document(
        _ name: String, _ title: String, _ schema: JSONText, _ definitions: SchemaDefinitions
    ) -> String {
        guard case .members(let members) = schema else { return schema.document }
        let head: [JSONText.Member] = [
            JSONText.Member("$schema", .string(dialect)),
            JSONText.Member("$id", .string("https://\(ResourceDecoder.apiVersion)/schema/\(name)")),
            JSONText.Member("title", .string(title)),
        ]
        let tail = definitions.json.map { [JSONText.Member("$defs", $0)] } ?? []
        return JSONText.members(head + members + tail).document
    }
}
