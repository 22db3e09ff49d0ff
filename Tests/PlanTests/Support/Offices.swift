/// Two networks that a gateway joins, and what is behind them: for questions about single flows.
enum Offices {
    static let files: [String: String] = [
        "tenant.yaml": """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        spec:
          defaults:
            action: deny
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec: { cidrs: [10.1.0.0/24, "fd01::/64"] }
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: lab }
        spec: { cidrs: [10.2.0.0/24], topology: hub }

        """,
        "nodes.yaml": [
            node("pc", "networks: [{ cvlan: office, addresses: [10.1.0.10, \"fd01::10\"] }]"),
            node("server", "networks: [{ cvlan: office, addresses: [10.1.0.20, \"fd01::20\"] }]"),
            node("both-a", "networks: [{ cvlan: office }, { cvlan: lab }]"),
            node("both-b", "networks: [{ cvlan: office }, { cvlan: lab }]"),
            node("rig", "networks: [{ cvlan: lab, addresses: [10.2.0.30] }]"),
            node("arm", "networks: [{ cvlan: lab, addresses: [10.2.0.31] }]"),
            node(
                "hub",
                "role: gateway\n  networks: [{ cvlan: lab, addresses: [10.2.0.1] }]\n"
                    + "  routes: [{ prefix: 10.9.0.0/16 }]"),
            node("gone", "networks: [{ cvlan: office }]\n  expires: 2020-01-01T00:00:00Z"),
            node(
                "east",
                "role: gateway\n  networks: [{ cvlan: office }]\n"
                    + "  routes: [{ prefix: 10.8.0.0/16, priority: 50 }, { prefix: 10.8.5.0/24, priority: 900 }]"),
            node(
                "west",
                "role: gateway\n  networks: [{ cvlan: office }]\n"
                    + "  routes: [{ prefix: 10.8.0.0/16, priority: 70 }]"),
        ].joined(separator: "---\n"),
        "policy.yaml": """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: web }
        spec:
          rules:
            - { name: https, action: allow, from: [{ node: pc }], to: [{ node: server }], ports: [tcp/443, tcp/80] }
            - { name: no-http, action: deny, from: [{ any: true }], to: [{ node: server }], ports: [tcp/80] }
            - { name: out, action: allow, from: [{ node: pc }], to: [{ cidr: 10.8.0.0/16 }], ports: [udp/53] }
            - { name: in, action: allow, from: [{ cidr: 10.8.5.0/24 }], to: [{ node: server }], ports: [tcp/443] }
            - { name: rigs, action: allow, from: [{ node: rig }], to: [{ node: arm }], ports: [icmp] }
            - { name: twins, action: allow, from: [{ node: both-a }], to: [{ node: both-b }], ports: [tcp/22] }

        """,
        "other.yaml": """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: other }
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: other, name: net }
        spec: { cidrs: [10.1.0.0/24] }
        ---
        \(node("arm", "networks: [{ cvlan: net }]", tenant: "other"))---
        \(node("rig", "networks: [{ cvlan: net }]", tenant: "other"))
        """,
    ]

    /// With a name as its key, which no two share.
    private static func node(_ name: String, _ spec: String, tenant: String = "acme") -> String {
        let letters = (tenant + name).filter { $0 != "-" }
        let key = letters + String(repeating: "x", count: 42 - letters.count) + "A="
        return """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: \(tenant), name: \(name) }
            spec:
              wireguard: { publicKey: \(key) }
              \(spec)

            """
    }
}
