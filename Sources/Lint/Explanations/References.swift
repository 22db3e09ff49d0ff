// Names that manifests call each other by.

extension Explanation {
    static let unknownTenant = Explanation(
        summary: "The tenant has no Tenant manifest",
        meaning: """
            `metadata.tenant` names a tenant that nothing declares. A tenant is the isolation root: without it there are
            no members who may change the resource, and no default for its flows.
            """,
        remedy: """
            Correct the name, or add the Tenant. When a tenant is to go away, delete its other manifests in the same
            commit.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acem, name: printer }
            spec: { networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office }] }
            """,
        notes: [
            """
            The same comes of linting one file of many: give `cvlan lint` the folder of the whole repository.
            """
        ])

    static let unknownNetwork = Explanation(
        summary: "The network is not declared",
        meaning: """
            A node or policy names a CVLAN that its tenant does not have. Tenants never see each other's networks, so
            one of another tenant does not count.
            """,
        remedy: "Correct the name, or add the CVLAN. A policy for every network of the tenant leaves `cvlan` out.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: ofice }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office }] }
            """,
        notes: ["A network that is renamed is a new network: its nodes get new addresses there."])

    static let unknownGroup = Explanation(
        summary: "The group is not declared",
        meaning: """
            A selector names a group that is not in `spec.groups` of the Tenant. Read as nobody, it would leave out of
            an allow those who need it, and out of a deny those whom it is to stop.
            """,
        remedy: "Correct the name, or declare the group in the Tenant. To select by labels there, write `labels`.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              groups:
                - { name: staff, members: [{ labels: { team: eng } }, { group: admins }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              groups:
                - { name: staff, members: [{ labels: { team: eng } }, { group: dba }] }
                - { name: dba, members: [{ node: db }] }
            """)

    static let unknownNode = Explanation(
        summary: "The node is not declared",
        meaning: """
            A selector names a node that the tenant does not have, because it was misspelt, renamed or removed. Rules
            about it decide nothing.
            """,
        remedy: """
            Correct the name, or take the selector out. For machines that come and go, give them a label and select
            that: no label needs to be declared.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ node: lapptop }], to: [{ node: db }], ports: [tcp/5432] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: database }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/5432] }
            """)

    static let duplicateName = Explanation(
        summary: "Two manifests have the same kind and name",
        meaning: """
            A name is used once per tenant and kind. Which of two would hold would be left to the order of files, on
            which neither a reviewer nor the next commit could rely. Lint takes the first by path for its other rules.
            """,
        remedy: """
            Delete the copy, or give it a name of its own. If it was moved, the old file is probably still there.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office }] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec: { networks: [{ cvlan: office }] }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer-2 }
            spec: { networks: [{ cvlan: office }] }
            """)

    static let groupCycle = Explanation(
        summary: "A group contains itself",
        meaning: """
            Following the groups that a group names leads back to it, so there is no telling whom it selects. `except`
            counts too. A chain of more than 32 groups inside each other is refused likewise.
            """,
        remedy: """
            Break the circle at the reference that is one too many. The message shows the way around. Where two groups
            share members, put these into a third.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              groups:
                - { name: staff, members: [{ group: admins }] }
                - { name: admins, members: [{ node: laptop }, { group: staff }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              groups:
                - { name: staff, members: [{ group: admins }] }
                - { name: admins, members: [{ node: laptop }] }
            """)
}
