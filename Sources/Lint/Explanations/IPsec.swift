// IPsec, devices that speak it without our agent, and what is sealed for it.

extension Explanation {
    /// A certificate in PEM, as it stands under `ca` in the examples.
    private static let authority = """
        -----BEGIN CERTIFICATE-----
              MIIBRzCB76ADAgECAgECMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCUJyYW5jaCBD
              QTAeFw0yNTAxMDEwMDAwMDBaFw00OTEyMzEyMzU5NTlaMBQxEjAQBgNVBAMMCUJy
              YW5jaCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAWVRn5FngpON+aLWcUJ
              87oCwHXRlWKQj1vMz7dximgk4PCJH3np1yRLvXr99awnmQEdqZAzHO+rDdW4mJzp
              mb+jMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFCsO0Q+mOCelGgWdWH27
              X/YQpJo0MAoGCCqGSM49BAMCA0cAMEQCIESj8tumY/kQC9JdVKzLywZxYlGeDoBA
              vQddM85IjdNTAiA8W2X2R/99w6dlhBgA475ejp0jireo6ewtzoxlPJrQhQ==
              -----END CERTIFICATE-----
        """

    static let misplacedIPsec = Explanation(
        summary: "`ipsec` is on a node that is not external",
        meaning: """
            `ipsec` says how a gateway speaks with a device that has no agent of ours: a router of another
            maker, a phone with its built-in client. Nodes with an agent know each other by their
            certificates and need none of it.
            """,
        remedy: """
            If the node is such a device, write `role: external`. If it runs an agent, take `ipsec` out:
            `protocol: ipsec` makes its links IPsec.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: client
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch }
            """)

    static let noIPsecGateway = Explanation(
        summary: "No gateway can hold the tunnel to the device",
        meaning: """
            A device that speaks IPsec is connected by one gateway, and all others reach it through that.
            `gateway` names it; it may be left out where the network has exactly one. It must be in every
            network that the device is in.
            """,
        remedy: """
            Name a node with `role: gateway` that is in the same networks as the device.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { gateway: laptop, identity: vpn.example.org, secret: branch }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { gateway: gw-1, identity: vpn.example.org, secret: branch }
            """,
        notes: ["A name that no node has is CV104."])

    static let deviceWithoutIPsec = Explanation(
        summary: "A device speaks WireGuard only where IPsec is demanded",
        meaning: """
            The network, or a node in it, demands IPsec of all its links, and an external device has only a
            WireGuard key. A link that must be IPsec never becomes another silently, so there would be none.
            """,
        remedy: """
            Give the device `ipsec`, if it can. Otherwise put it into a network of its own, which a gateway
            joins to this one.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], protocol: ipsec }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec:
              role: external
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], protocol: wireguard }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec:
              role: external
              networks: [{ cvlan: office }]
              wireguard: { publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4= }
            """)

    static let badAuthority = Explanation(
        summary: "`ca` is no certificate",
        meaning: """
            `ca` of `ipsec` holds the certificates, in PEM, of the authorities that the device's certificate
            must come from. What is there cannot be read as such.
            """,
        remedy: """
            Paste the file as a block, `ca: |`, with all lines from BEGIN to END and indented alike. A
            private key never belongs there, nor the device's own certificate.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, ca: branch-ca.pem }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: vpn.example.org
                ca: |
                  \(authority)
            """)

    static let authorityExpired = Explanation(
        summary: "The authority of a device has expired",
        meaning: """
            The certificate in `ca` is not valid any more: the gateway refuses whatever was issued under it,
            and the tunnel cannot be set up anew.
            """,
        remedy: """
            Put the authority's new certificate in its place. While the device changes over, `ca` may hold
            both, one after the other.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: vpn.example.org
                ca: |
                  -----BEGIN CERTIFICATE-----
                  MIIBRzCB76ADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCUJyYW5jaCBD
                  QTAeFw0yNTAxMDEwMDAwMDBaFw0yNjEyMzEyMzU5NTlaMBQxEjAQBgNVBAMMCUJy
                  YW5jaCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAWVRn5FngpON+aLWcUJ
                  87oCwHXRlWKQj1vMz7dximgk4PCJH3np1yRLvXr99awnmQEdqZAzHO+rDdW4mJzp
                  mb+jMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFCsO0Q+mOCelGgWdWH27
                  X/YQpJo0MAoGCCqGSM49BAMCA0cAMEQCIFGoTx1tRzXBTtg8w8ppHDvSVbzpv564
                  XUMVcxKrOkNMAiBo/d5oULu3ZvBbfOPvZ8ntyq8fO9si3WLMPJ4ZN9rffQ==
                  -----END CERTIFICATE-----
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: vpn.example.org
                ca: |
                  \(authority)
            """,
        notes: [
            """
            It comes with time alone, without a commit, and is never an error: it would stop a tenant that
            did nothing.
            """
        ])

    static let presharedKeyInCNSA = Explanation(
        summary: "A preshared key in a network with the profile `cnsa`",
        meaning: """
            CNSA 2.0 and RFC 9206 know the two ends by signatures. The tunnel has the algorithms of the
            profile, but whoever gets hold of the preshared key can be either end.
            """,
        remedy: """
            Give the device a certificate and write `ca` instead of `secret`. If it can do no better, give
            it a profile of its own with `profile`, so that nobody takes it for CNSA.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], ipsecProfile: cnsa }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], ipsecProfile: cnsa }
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch, profile: modern }
            """)

    static let selectorOutside = Explanation(
        summary: "A traffic selector is outside what the tunnel joins",
        meaning: """
            `selectors.local` must lie in what the gateway leads to: the network, its own routes and those
            of others. And `selectors.remote` in what the device has: its addresses in the network, and its
            `routes`. Packets outside would be agreed on with the device and then dropped.
            """,
        remedy: """
            Leave `selectors` out: what follows from the network is right for most devices. Or add the
            prefix to `routes` of the node that has it.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch, selectors: { remote: [192.168.7.0/24] } }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              routes: [{ prefix: 192.168.7.0/24 }]
              ipsec: { identity: vpn.example.org, secret: branch, selectors: { remote: [192.168.7.0/24] } }
            """)

    static let unknownSecret = Explanation(
        summary: "There is no Secret with this name",
        meaning: """
            A manifest names a Secret that its tenant does not have. Without it the two ends cannot know
            each other.
            """,
        remedy: """
            Correct the name, or make the secret: `cvlan seal NAME --node GATEWAY` reads the value from its
            input and prints the manifest.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branhc }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch }
            """)

    static let secretNotSealed = Explanation(
        summary: "A secret is not sealed to the node that needs it",
        meaning: """
            Nobody but the nodes that a secret is sealed to can read it. The gateway that needs this one is
            not among them, or has another key now: it cannot set up the tunnel.
            """,
        remedy: """
            `cvlan seal NAME --node GATEWAY` seals the value to the gateway's present key. The value itself
            cannot be read from the repository; take it from where the device has it, or set a new one at
            both ends.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Secret
            metadata: { tenant: acme, name: branch }
            spec:
              sealed:
                - node: gw-1
                  publicKey: bG9uZyBlbm91Z2ggdG8gYmUgYSBrZXksIDMyIGJ5ISE=
                  value: bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Secret
            metadata: { tenant: acme, name: branch }
            spec:
              sealed:
                - node: gw-1
                  publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4=
                  value: bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: vpn.example.org, secret: branch }
            """,
        notes: [
            """
            The controller does not hold the tenant back for it, as the key of a node comes with its
            enrolment.
            """
        ])

    static let movedSecret = Explanation(
        summary: "A sealed value was moved or copied",
        meaning: """
            Each value is sealed for one tenant, one Secret and one node, and opens nowhere else: so nobody
            who may write manifests gets at a secret by putting it where a node of theirs reads it. No two
            sealings give the same text. Where the same text is in two places, one of them does not open.
            """,
        remedy: "Seal the value anew for each place, by `cvlan seal`, with all nodes that need it.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Secret
            metadata: { tenant: acme, name: branch }
            spec:
              sealed:
                - node: gw-1
                  publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4=
                  value: bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8
            ---
            apiVersion: cvlan.io/v1
            kind: Secret
            metadata: { tenant: acme, name: router }
            spec:
              sealed:
                - node: gw-1
                  publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4=
                  value: bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Secret
            metadata: { tenant: acme, name: branch }
            spec:
              sealed:
                - node: gw-1
                  publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4=
                  value: bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8
            ---
            apiVersion: cvlan.io/v1
            kind: Secret
            metadata: { tenant: acme, name: router }
            spec:
              sealed:
                - node: gw-1
                  publicKey: lPfuQUl3Lyxfbk/vDJkH+jsrKdQ6K49tAMQlg7YaPl4=
                  value: djQLnP+AepicQUTmu3gKLHiQHT+zNzh2hRGjBhevoB1L9RIvNEVUxTveLruM0rfj0WAK1jHDhaXXzOI8
            """,
        notes: [
            """
            One that was moved, and is nowhere else any more, only the node can tell: its agent refuses the
            tunnel and reports why.
            """
        ])

    static let mtuTooLarge = Explanation(
        summary: "`mtu` is too large for IPsec",
        meaning: """
            ESP in UDP takes 80 bytes and more of each packet of the underlay, which has 1,500 bytes nearly
            everywhere: 1,418 are left with the profiles `modern` and `cnsa`, 1,390 with `compatible`.
            Larger packets are cut in two, or lost.
            """,
        remedy: """
            Leave `mtu` out: what fits is the default. If the whole underlay carries more, as within a data
            centre, an `mtu` above 1,500 is taken at its word.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], protocol: ipsec, mtu: 1420 }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: office }
            spec: { cidrs: [10.100.0.0/24], protocol: ipsec }
            """)

    static let gatewayNameTaken = Explanation(
        summary: "The name of a gateway belongs to someone else",
        meaning: """
            A device that knows its gateway by a certificate looks for the gateway's DNS name in it, which
            `localIdentity` says. The same authority vouches for all nodes and for the controller: a gateway
            with the controller's name could pass for the controller, and one with the name of another
            tenant's gateway for that. So the device gets no tunnel; all else of the tenant is carried out.

            Of tenants that claim a name, the first by name has it. What the controller is called by, lint
            knows when it is told: `cvlan lint --controller-name HOST`; `cvlan.example` here.
            """,
        remedy: """
            Write a name in a domain of your own, that leads to the gateway.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: vpn.example.org
                localIdentity: cvlan.example
                ca: |
                  \(authority)
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: branch }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: vpn.example.org
                localIdentity: vpn.acme.example
                ca: |
                  \(authority)
            """)

    static let loginTwice = Explanation(
        summary: "A login is that of two devices",
        meaning: """
            Devices that log in (`eap`) call themselves as they like, some by the address that they have at
            home: the gateway knows by the login alone whose device calls, which addresses it gets and which
            policies speak of it. So of all devices at a gateway each has a login of its own: with `mschapv2`
            the `user`, with `tls` the `identity`, which its certificate must name. And it is for one network.
            """,
        remedy: """
            Give each device a name of its own, such as `alice-phone` beside `alice-laptop`.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: phone.acme.example
                localIdentity: vpn.acme.example
                eap: mschapv2
                user: alice
                secret: branch
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: tablet }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: tablet.acme.example
                localIdentity: vpn.acme.example
                eap: mschapv2
                user: alice
                secret: branch
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: phone.acme.example
                localIdentity: vpn.acme.example
                eap: mschapv2
                user: alice-phone
                secret: branch
            """)

    static let gatewayWithoutName = Explanation(
        summary: "A gateway that people log in to has no DNS name",
        meaning: """
            Before anyone logs in, the gateway proves itself by its certificate. iOS, macOS, Windows, Android
            and strongSwan look there for the host name that they dial. Without one in `localIdentity` the
            gateway calls itself by its SPIFFE URI, which none of them finds.
            """,
        remedy: """
            Write the host name that the device dials. It must lead to the gateway; the gateway's agent gets
            a certificate with it by itself.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec: { identity: alice@acme.example, eap: mschapv2, secret: branch }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: phone }
            spec:
              role: external
              networks: [{ cvlan: office }]
              ipsec:
                identity: alice@acme.example
                localIdentity: vpn.acme.example
                eap: mschapv2
                secret: branch
            """)
}
