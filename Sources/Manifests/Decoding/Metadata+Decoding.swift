extension Metadata {
    /// Reads `metadata`. What is wrong with labels does not keep the names from being known.
    static func fieldType(of kind: ResourceKind) -> FieldType<Metadata> {
        kind == .tenant ? ofTenant : ofOthers
    }

    private static let ofTenant = fieldType(isTenant: true)
    private static let ofOthers = fieldType(isTenant: false)

    private static func fieldType(isTenant: Bool) -> FieldType<Metadata> {
        .mapping { fields in
            let name = fields.required(
                "name", .label, isTenant ? "The tenant's name." : "Unique among its kind in the tenant.")
            let tenant =
                isTenant ? name : fields.required("tenant", .label, "The tenant that it belongs to.")
            let labels =
                fields.optional("labels", .labels, "Words that selectors find it by.").value ?? [:]
            let annotations =
                fields.optional("annotations", .annotations, "For people and tools.").value ?? [:]
            guard let name, let tenant else { return nil }
            return Metadata(tenant: tenant, name: name, labels: labels, annotations: annotations)
        }
    }
}

extension FieldType where Value == [String: String] {
    static let labels = pairs(.text(TextPattern.labelValue), isValue: LabelText.isValue)
    static let annotations = pairs(Schema(["type": "string"]), isValue: { _ in true })

    private static func pairs(_ value: Schema, isValue: @escaping @Sendable (String) -> Bool)
        -> FieldType
    {
        let keys = Schema(["pattern": .string(TextPattern.labelKey)]).json
        let schema = Schema([
            "type": "object", "propertyNames": keys, "additionalProperties": value.json,
        ])
        return FieldType({ _ in schema }) { node, name, context in
            guard case .mapping(let entries) = node.content else {
                context.wrongType(node, name, "a mapping from words to strings")
                return nil
            }
            var pairs = [String: String](minimumCapacity: entries.count)
            for entry in entries {
                if !LabelText.isKey(entry.key) {
                    context.report(
                        .badName, at: entry.keySpan,
                        "a key of `\(name)` must be up to 63 letters, digits, `-`, `_` and `.`, after a domain and `/` "
                            + "if any, not `\(entry.key.shortened)`")
                }
                context.remarkIfAmbiguous(entry.key, entry.keySpan.form == .plain, at: entry.keySpan)
                guard let text = FieldType<String>.string.read(entry.value, entry.key.shortened, context)
                else {
                    continue
                }
                if !isValue(text) {
                    context.report(
                        .badName, at: entry.value.span,
                        "a value of `\(name)` must be up to 63 letters, digits, `-`, `_` and `.`, not `\(text.shortened)`"
                    )
                }
                pairs[entry.key] = text
            }
            return pairs
        }
    }
}
