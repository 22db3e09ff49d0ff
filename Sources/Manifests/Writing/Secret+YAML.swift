extension Secret {
    /// The manifest as text; reading it gives an equal secret. Equal secrets have the same text.
    package var yaml: String {
        var lines = [
            "apiVersion: \(ResourceDecoder.apiVersion)",
            "kind: Secret",
            "metadata:",
            "  tenant: \(YAMLScalar.text(metadata.tenant))",
            "  name: \(YAMLScalar.text(metadata.name))",
        ]
        lines += YAMLScalar.mapping("labels", metadata.labels)
        lines += YAMLScalar.mapping("annotations", metadata.annotations)
        lines += sealed.isEmpty ? ["spec: {}"] : ["spec:", "  sealed:"]
        for value in sealed {
            lines.append("    - node: \(YAMLScalar.text(value.node))")
            lines.append("      publicKey: \(YAMLScalar.text("\(value.publicKey)"))")
            lines.append("      value: \(YAMLScalar.text("\(value.value)"))")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
