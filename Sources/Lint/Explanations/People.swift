// Who may change what.

extension Explanation {
    private static let alice =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    private static let bob =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA"

    static let tooFewApprovers = Explanation(
        summary: "More approvals are asked for than there are people to give them",
        meaning: """
            Each change of a tenant needs as many people as `approvals` says: who signed the commit, and others by
            `cvlan approve`. A person counts once, however many keys they have, and only with the role that the change
            needs: for networks, nodes and policies `member` or `admin`, for the tenant itself `admin`. Here there are
            fewer, so such a change stays refused until a superadmin stands for it too, or there are more members.
            """,
        remedy: "Give more people a role and a key, or ask for fewer approvals.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              approvals: 2
              members:
                - name: alice
                  role: admin
                  keys: [\(alice)]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              approvals: 2
              members:
                - name: alice
                  role: admin
                  keys: [\(alice)]
                - name: bob
                  role: admin
                  keys: [\(bob)]
            """,
        notes: [
            "It is a warning and no error: superadmins are named in the root document, which lint does not see."
        ])

    static let unusableMemberKey = Explanation(
        summary: "A member's key cannot verify a signature",
        meaning: """
            Commits are judged by the keys that sign them. This one is of a kind that cannot sign them: a DSA key, an SSH
            certificate, RSA with fewer than 2,048 bits or more than 8,192, a kind that nobody knows, or a damaged line.
            Whoever has it is nobody to the tenant.
            """,
        remedy: """
            Take another key of the member's: `ssh-keygen -t ed25519`. Ed25519, ECDSA and RSA keys verify, and those of
            security keys (`ed25519-sk`, `ecdsa-sk`).
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              members:
                - name: alice
                  role: admin
                  keys: [ssh-dss AAAAB3NzaC1kc3MAAAAEAAECAw==]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              members:
                - name: alice
                  role: admin
                  keys: [\(alice)]
            """)

    static let sharedMemberKey = Explanation(
        summary: "Two members have the same key",
        meaning: """
            Who signed a commit is told by the key. Whoever has this one may what either member may, history cannot say
            which of them it was, and for `approvals` they are one person.
            """,
        remedy: "Give each person a key of their own; one person may have several.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              members:
                - name: alice
                  role: admin
                  keys: [\(alice)]
                - name: bob
                  role: member
                  keys: [\(alice)]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Tenant
            metadata: { name: acme }
            spec:
              members:
                - name: alice
                  role: admin
                  keys: [\(alice)]
                - name: bob
                  role: member
                  keys: [\(bob)]
            """)
}
