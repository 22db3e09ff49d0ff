extension Secret {
    /// Reads `spec` into a secret that has its metadata.
    static func decode(_ fields: inout FieldReader, metadata: Metadata) -> Secret? {
        Secret(
            metadata: metadata,
            sealed: fields.list(
                "sealed", of: .sealedValue, "The value, sealed to each node that needs it: `cvlan seal` makes these."))
    }
}

extension FieldType where Value == Secret.SealedValue {
    fileprivate static let sealedValue = mapping { fields in
        let node = fields.required("node", .label, "The node that can read it.")
        let publicKey = fields.required(
            "publicKey", .publicKey, "The node's key that it is sealed to: `wireguard.publicKey` of the node.")
        let value = fields.required("value", .sealed, "The sealed value, in base64.")
        guard let node, let publicKey, let value else { return nil }
        return Secret.SealedValue(node: node, publicKey: publicKey, value: value)
    }
}
