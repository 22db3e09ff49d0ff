// What nodes and networks are as a whole.

extension Explanation {
    static let expired = Explanation(
        summary: "The node has expired",
        meaning: """
            `expires` has passed: the node is treated as removed. Its tunnels are gone from all peers, and its addresses
            and key are free for others. The manifest is left over.
            """,
        remedy: """
            Delete the manifest, or set a later `expires` if the node is still needed: it comes back, with its fixed
            addresses.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec: { networks: [{ cvlan: office }], expires: 2026-12-31T23:00:00Z }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec: { networks: [{ cvlan: office }], expires: 2027-12-31T23:00:00Z }
            """,
        notes: [
            """
            It comes with time alone, without a commit, and is never an error: it would stop a tenant that did nothing.
            """
        ])

    static let expiresSoon = Explanation(
        summary: "The node expires within 14 days",
        meaning: """
            At the instant in `expires` the node loses all its tunnels, without any commit and whoever is using it.
            """,
        remedy: "Ask the owner. Set a later `expires`, or leave it: the warning is gone with the node.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec: { networks: [{ cvlan: office }], expires: 2027-01-20T00:00:00Z }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec: { networks: [{ cvlan: office }], expires: 2027-07-20T00:00:00Z }
            """)

    static let cannotBeCarriedOut = Explanation(
        summary: "The manifests cannot be carried out",
        meaning: """
            Each manifest is right by itself, and what they ask for together cannot be: a network without a free address
            for one of its nodes, or something that this version cannot do yet (`nat: masquerade`). Lint
            tries it as the controller would, but does not know which addresses were given before: a network that is
            full to the controller may have room to lint.
            """,
        remedy: """
            Of a full network, add a prefix to `cidrs`, shorten `reserved` or remove nodes. What this version cannot do
            must be written otherwise: it is refused and not left out silently.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/30], reserved: [10.100.0.1] } # one free, for two nodes
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: laptop, labels: { team: eng } }
            spec: { networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/28], reserved: [10.100.0.1] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: laptop, labels: { team: eng } }
            spec: { networks: [{ cvlan: office }] }
            """,
        notes: ["It is told only when nothing else is an error: with one, there is nothing to try."])

    static let weakIPsecProfile = Explanation(
        summary: "A network's IPsec profile is weaker than its tenant's",
        meaning: """
            The Tenant says in `defaults` which IPsec profile its links have, and this network asks for one with weaker
            algorithms: `cnsa` is the strongest, then `modern`, then `compatible` (for old routers). Who reads the
            Tenant believes in more than holds.
            """,
        remedy: """
            Take `ipsecProfile` out of the network, so that the tenant's holds. If a device in it cannot do better, put
            it into a network of its own, and say in an ignore comment until when.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec: { defaults: { ipsecProfile: cnsa } }
            ---
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], ipsecProfile: compatible }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec: { defaults: { ipsecProfile: cnsa } }
            ---
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24] }
            """)

    static let meshTooLarge = Explanation(
        summary: "A mesh needs more tunnels than its members can hold",
        meaning: """
            In a mesh every node has a tunnel to every other. Each is kept alive and rekeyed by itself, so there is an
            end to what a node can hold, in all its networks together: 1,000 tunnels for a client, 250 for an external
            device, which is set up by hand, 10,000 for a gateway or relay.
            """,
        remedy: """
            Make it `topology: hub`, where all but gateways have tunnels to the gateways only; or cut the network in
            several, with a gateway in each of them.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/16], topology: mesh } # with 300 nodes
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec: { role: external, networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/16], topology: hub }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec: { role: external, networks: [{ cvlan: office }] }
            """)
}
