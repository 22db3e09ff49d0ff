extension Node {
    /// The manifest as text, as MANIFESTS has it; reading it gives an equal node. Fields with their default are left
    /// out; equal nodes have the same text.
    package var yaml: String {
        var lines = [
            "apiVersion: \(ResourceDecoder.apiVersion)",
            "kind: Node",
            "metadata:",
            "  tenant: \(YAMLScalar.text(metadata.tenant))",
            "  name: \(YAMLScalar.text(metadata.name))",
        ]
        lines += Self.mapping("labels", metadata.labels)
        lines += Self.mapping("annotations", metadata.annotations)
        let spec = specLines
        lines += spec.isEmpty ? ["spec: {}"] : ["spec:"] + spec.map { "  " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    private var specLines: [String] {
        var lines: [String] = []
        if role != .client { lines.append("role: \(role.rawValue)") }
        if !networks.isEmpty { lines.append("networks:") }
        for network in networks {
            lines.append("  - cvlan: \(YAMLScalar.text(network.cvlan))")
            if !network.addresses.isEmpty { lines.append("    addresses: \(Self.list(network.addresses))") }
        }
        if let publicKey {
            lines += ["wireguard:", "  publicKey: \(YAMLScalar.text("\(publicKey)"))"]
        }
        if !endpoints.isEmpty { lines.append("endpoints: \(Self.list(endpoints))") }
        if !routes.isEmpty { lines.append("routes:") }
        for route in routes {
            lines.append("  - prefix: \(YAMLScalar.text("\(route.prefix)"))")
            if route.nat != .none { lines.append("    nat: \(route.nat.rawValue)") }
            if route.priority != SubnetRoute.defaultPriority { lines.append("    priority: \(route.priority)") }
        }
        if let linkProtocol { lines.append("protocol: \(linkProtocol.rawValue)") }
        if let expires { lines.append("expires: \(YAMLScalar.text("\(expires)"))") }
        return lines
    }

    private static func mapping(_ name: String, _ pairs: [String: String]) -> [String] {
        guard !pairs.isEmpty else { return [] }
        return ["  \(name):"]
            + pairs.sorted { $0.key < $1.key }.map { "    \(YAMLScalar.text($0.key)): \(YAMLScalar.text($0.value))" }
    }

    private static func list<T>(_ values: [Located<T>]) -> String {
        "[" + values.map { YAMLScalar.text("\($0)") }.joined(separator: ", ") + "]"
    }
}
