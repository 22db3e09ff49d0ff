/// The manifests of a small organisation.
enum Acme {
    static let tenant = tenant([])

    /// - Parameter members: in YAML.
    static func tenant(_ members: [String]) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        spec: { displayName: ACME, members: [\(members.joined(separator: ", "))] }
        """
    }

    static let office = """
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec: { cidrs: [10.100.0.0/24] }
        """

    static func node(_ name: String, key: UInt8? = nil, labels: String = "", spec: String = "") -> String {
        let wireguard = key.map { "wireguard: { publicKey: \"\(self.key($0))\" }" } ?? ""
        return """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: \(name), labels: { \(labels) } }
            spec:
              networks: [{ cvlan: office }]
              \(wireguard)
              \(spec)
            """
    }

    static func policy(_ rules: String...) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: access }
        spec:
          rules:
        \(rules.map { "    - { \($0) }" }.joined(separator: "\n"))
        """
    }

    static func rule(_ name: String, from: String, to: String, ports: String) -> String {
        "name: \(name), action: allow, from: [{ node: \(from) }], to: [{ node: \(to) }], ports: [\(ports)]"
    }

    /// Thirty-two times a byte, in Base64.
    private static func key(_ byte: UInt8) -> String {
        let bits = Array(repeating: byte, count: 32) + [0]
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: 33, by: 3) {
            let group = bits[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
            for shift in [18, 12, 6, 0] { text.append(alphabet[group >> shift & 63]) }
        }
        return text.dropLast() + "="
    }
}
