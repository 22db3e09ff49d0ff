// Keys, and what must not be in git.

extension Explanation {
    static let badKey = Explanation(
        summary: "The value is not a public key of the kind that the field takes",
        meaning: """
            `wireguard.publicKey` is 32 bytes in base64, as `wg pubkey` prints them. A member's `keys` are SSH public
            keys as in `id_ed25519.pub`. `tokenKeys` are Ed25519 public keys in PASERK form (`k4.public.…`). The value
            is none of these, was cut off, or is the wrong half of a pair.
            """,
        remedy: """
            Copy the key again, in one piece, with the `=` at its end. If it was a private key, it is no longer private
            once it has been pushed: make a new pair.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4 }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            """,
        notes: ["Nodes with our agent need no key here: they make one and enrol with it."])

    static let sharedKey = Explanation(
        summary: "Two nodes have the same key",
        meaning: """
            Whoever has the private key is the node: with one key, two nodes are one to every peer, and the last of them
            to speak takes the other's traffic. It comes of a copied manifest, or of a machine that was cloned with its
            keys.
            """,
        remedy: """
            If the manifest was copied, take `wireguard` out and let the node enrol. If the machine was cloned, make a
            new key on one of the two (`cvlan-ctrl` does when its state directory is empty), as both have the private
            half.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: scanner }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: scanner }
            spec: { networks: [{ cvlan: office }] }
            """,
        notes: ["A node that has expired holds no key."])

    static let keyInOtherTenant = Explanation(
        summary: "Nodes of two tenants have the same key",
        meaning: """
            The same machine, or a copy of its private key, is a node of two tenants. Tenants never see each other, but
            this machine sees both: whoever takes it over is in both.
            """,
        remedy: """
            Give the machine a key for each tenant: its agent makes one for each enrolment. If nobody knows of the other
            node, treat the key as stolen.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: other, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: other, name: printer }
            spec:
              networks: [{ cvlan: office }]
              wireguard: { publicKey: bG9uZyBlbm91Z2ggdG8gYmUgYSBrZXksIDMyIGJ5ISE= }
            """,
        notes: ["It is a warning and no error, so that no tenant can hold back another by copying its public keys."])

    static let plainSecret = Explanation(
        summary: "A secret is in plain text",
        meaning: """
            The text looks like a private key, a pre-shared key, a password or a token: by its form, or by the name
            before it. Comments count as well. Whoever can read the repository, a clone or a backup can use it, today
            and years from now: to delete it in a later commit takes nothing back.
            """,
        remedy: """
            Consider it known to others: revoke it, and make a new one. Then take it out of the manifest. Keys are made
            on the node and never leave it; a pre-shared key belongs into the machine's own secret store.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata:
              tenant: acme
              name: printer
              annotations:
                setup: PrivateKey = 8Nn0SqmpmIyu0PDCMwdLVzhYHEE3HZXJzdjoqRkAcl8=
            spec: { networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata:
              tenant: acme
              name: printer
              annotations:
                setup: the private key is made on the machine, by wg genkey
            spec: { networks: [{ cvlan: office }] }
            """,
        notes: ["The message never shows the value: logs of CI are read by more people than the repository."])
}
