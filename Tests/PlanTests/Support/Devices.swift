/// Devices that speak IPsec in the small company's network, and a change that leaves nothing of them as it was.
enum Devices {
    static let files: [String: String] = [
        "tenants/acme/nodes/gate.yaml": Acme.node(
            "gate", "office", labels: "app: gate", key: "k", "  role: gateway\n"),
        "tenants/acme/nodes/branch.yaml": branch("{ identity: branch.example.org, secret: branch }"),
        "tenants/acme/nodes/router.yaml": device("router", "{ identity: 203.0.113.9, secret: branch }"),
        "tenants/acme/secrets.yaml": secret("branch", value: "a"),
    ]

    static let changes: [String: String?] = [
        "tenants/acme/nodes/branch.yaml": branch(
            """
            { gateway: gate, address: 203.0.113.7, port: 4500, identity: "C=DE, CN=branch",
              localIdentity: vpn.acme.example, ca: "\(authority)", profile: compatible,
              selectors: { local: [10.100.0.0/24], remote: [192.168.7.0/24, 192.168.8.0/24] } }
            """, routes: "  routes: [{ prefix: 192.168.7.0/24 }, { prefix: 192.168.8.0/24 }]\n"),
        "tenants/acme/nodes/router.yaml": nil,
        "tenants/acme/nodes/phone.yaml": device("phone", "{ identity: ann@acme.example, secret: phone }"),
        "tenants/acme/nodes/ann.yaml": Acme.node(
            "ann", "office", labels: "team: eng", key: "a", "  protocol: ipsec\n"),
        "tenants/acme/secrets.yaml": secret("branch", value: "b") + "---\n" + secret("phone", value: "c"),
    ]

    private static func branch(_ ipsec: String, routes: String = "") -> String {
        device("branch", ipsec.replacing("\n", with: "\n    "), more: routes)
    }

    private static func device(_ name: String, _ ipsec: String, more: String = "") -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: \(name) }
        spec:
          role: external
          networks: [{ cvlan: office }]
          ipsec: \(ipsec)
        \(more)
        """
    }

    /// Sealed to the gateway, as far as anybody can see.
    private static func secret(_ name: String, value: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Secret
        metadata: { tenant: acme, name: \(name) }
        spec:
          sealed:
            - node: gate
              publicKey: "\(String(repeating: "k", count: 42))A="
              value: "\(String(repeating: value, count: 72))"

        """
    }

    /// Of the test's own making; as text between quotation marks.
    private static let authority = """
        -----BEGIN CERTIFICATE-----\\n\
        MIIBRzCB76ADAgECAgECMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCUJyYW5jaCBD\\n\
        QTAeFw0yNTAxMDEwMDAwMDBaFw00OTEyMzEyMzU5NTlaMBQxEjAQBgNVBAMMCUJy\\n\
        YW5jaCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAWVRn5FngpON+aLWcUJ\\n\
        87oCwHXRlWKQj1vMz7dximgk4PCJH3np1yRLvXr99awnmQEdqZAzHO+rDdW4mJzp\\n\
        mb+jMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFCsO0Q+mOCelGgWdWH27\\n\
        X/YQpJo0MAoGCCqGSM49BAMCA0cAMEQCIESj8tumY/kQC9JdVKzLywZxYlGeDoBA\\n\
        vQddM85IjdNTAiA8W2X2R/99w6dlhBgA475ejp0jireo6ewtzoxlPJrQhQ==\\n\
        -----END CERTIFICATE-----\\n
        """
}
