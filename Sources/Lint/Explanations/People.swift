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
}
