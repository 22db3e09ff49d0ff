import Foundation
import Manifests
import Sodium
import Trust

/// The manifests that the tests work with: a tenant with a network, a gateway, a client and a policy.
struct Fleet {
    let tenant: String
    var tokenKey = Ed25519.PrivateKey()
    let gatewayKey = X25519.PrivateKey()
    let clientKey = X25519.PrivateKey()
    var approval = "automatic"
    /// Name, role and key.
    var members: [(String, String, SigningKey)] = []

    init(_ tenant: String = "acme") {
        self.tenant = tenant
    }

    var folder: String { "tenants/\(tenant)" }

    var files: [String: String?] {
        [
            "\(folder)/tenant.yaml": tenantManifest,
            "\(folder)/office.yaml": """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: \(tenant), name: office }
            spec:
              cidrs: [10.100.0.0/24, "fd64:100::/64"]
            """,
            "\(folder)/nodes/gw.yaml": node("gw", gatewayKey.publicKey, role: "gateway"),
            "\(folder)/nodes/laptop.yaml": node("laptop", clientKey.publicKey),
            "\(folder)/policies/ssh.yaml": policy(port: "tcp/22"),
        ]
    }

    var tenantManifest: String {
        """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: \(tenant) }
        spec:
          members: [\(members.map { "{ name: \($0), role: \($1), keys: [\"\($2.line)\"] }" }.joined(separator: ", "))]
          enrollment:
            approval: \(approval)
            tokenKeys: ["\(PASERK.encode(tokenKey.publicKey))"]
        """
    }

    func node(
        _ name: String, _ key: X25519.PublicKey?, role: String = "client", network: String? = "office",
        expires: String? = nil
    ) -> String {
        var lines = [
            "apiVersion: cvlan.io/v1", "kind: Node", "metadata: { tenant: \(tenant), name: \(name) }", "spec:",
            "  role: \(role)",
        ]
        if let network { lines += ["  networks:", "    - cvlan: \(network)"] }
        if let key { lines.append("  wireguard: { publicKey: \"\(key.base64)\" }") }
        if let expires { lines.append("  expires: \(expires)") }
        return lines.joined(separator: "\n") + "\n"
    }

    func policy(port: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: \(tenant), name: ssh }
        spec:
          rules:
            - { name: in, action: allow, from: [{ any: true }], to: [{ node: gw }], ports: [\(port)] }
        """
    }

    func token(
        uses: Int = 1, node: String? = nil, role: JoinToken.Role = .client, expires: Date = Date() + 3600,
        key: Ed25519.PrivateKey? = nil, id: String = JoinToken.newID(), root: RootPin
    ) throws -> HeldJoinToken {
        let holder = Ed25519.PrivateKey()
        let claims = JoinToken(
            id: id, key: holder.publicKey, tenant: tenant, cvlans: ["office"], role: role, labels: ["team": "eng"],
            node: node, uses: uses,
            issuedAt: Date() - 60, expires: expires, root: root, url: "https://127.0.0.1:8443"
        )
        return try HeldJoinToken(claims, heldBy: holder, signedBy: key ?? tokenKey)
    }
}
