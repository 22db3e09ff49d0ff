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
        lines += YAMLScalar.mapping("labels", metadata.labels)
        lines += YAMLScalar.mapping("annotations", metadata.annotations)
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
        lines += ipsec?.yamlLines ?? []
        if let linkProtocol { lines.append("protocol: \(linkProtocol.rawValue)") }
        if let expires { lines.append("expires: \(YAMLScalar.text("\(expires)"))") }
        return lines
    }

    fileprivate static func list<T>(_ values: [Located<T>]) -> String {
        "[" + values.map { YAMLScalar.text("\($0)") }.joined(separator: ", ") + "]"
    }
}

extension IPsecConnection {
    fileprivate var yamlLines: [String] {
        var lines = ["ipsec:"]
        if let gateway { lines.append("  gateway: \(YAMLScalar.text(gateway))") }
        if let address { lines.append("  address: \(YAMLScalar.text("\(address)"))") }
        if port != Self.defaultPort { lines.append("  port: \(port)") }
        lines.append("  identity: \(YAMLScalar.text(identity.text))")
        if let localIdentity { lines.append("  localIdentity: \(YAMLScalar.text(localIdentity.text))") }
        if let eap { lines.append("  eap: \(eap.rawValue)") }
        if let user { lines.append("  user: \(YAMLScalar.text(user))") }
        switch authentication {
        case .secret(let name): lines.append("  secret: \(YAMLScalar.text(name.value))")
        case .authorities(let pem): lines.append("  ca: \(YAMLScalar.text(pem.value))")
        }
        if let profile { lines.append("  profile: \(profile.rawValue)") }
        if !localSelectors.isEmpty || !remoteSelectors.isEmpty { lines.append("  selectors:") }
        if !localSelectors.isEmpty { lines.append("    local: \(Node.list(localSelectors))") }
        if !remoteSelectors.isEmpty { lines.append("    remote: \(Node.list(remoteSelectors))") }
        return lines
    }
}
