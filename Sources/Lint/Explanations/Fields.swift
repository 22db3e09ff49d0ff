// What is wrong with a field, whatever its value is about.

extension Explanation {
    static let unknownField = Explanation(
        summary: "There is no such field",
        meaning: """
            The mapping does not have a field of this name. It is refused and not skipped: a misspelt `exept` that
            nobody reads would open what it was written to keep shut.
            """,
        remedy: """
            Mostly it is a slip, or the field belongs one level higher or lower: `labels` and `tenant` are in
            `metadata`, what the resource is to be is in `spec`. The message names what is nearest, or what the mapping
            can have.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              network: [{ cvlan: office }]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
            """,
        notes: [
            "YAML's merge key `<<` counts as an unknown field. Write the fields out.",
            "Notes for people and for other tools go to `metadata.annotations`, which takes any key.",
        ])

    static let missingField = Explanation(
        summary: "A required field is missing",
        meaning: """
            Every manifest has `apiVersion`, `kind`, `metadata.name` and, but for a Tenant, `metadata.tenant`. Some
            parts have fields without which they mean nothing: `cvlan` of a membership, `action`, `from` and `to` of a
            rule, `expect` of a test, one of `cidrs` and `auto` of a CVLAN, and one term of a selector.
            """,
        remedy: "Write the field. The place named is the mapping that lacks it, not the line where it should go.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: web }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], ports: [tcp/443] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: web }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/443] }
            """)

    static let wrongType = Explanation(
        summary: "The value has the wrong type",
        meaning: """
            The field takes a string, number, list or mapping, and the value is another of these. YAML decides by looks:
            `1.10` is a number (and 1.1), `null` and an empty place are nothing, `true` is a boolean.
            """,
        remedy: """
            Put quotes around what is meant as text. Write a list with `[…]` or `- `, even for one element. Where a key
            has nothing behind it, write the value, or leave the key out.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer, labels: { firmware: 1.10 } }
            spec:
              networks: { cvlan: office }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer, labels: { firmware: "1.10" } }
            spec:
              networks: [{ cvlan: office }]
            """,
        notes: ["Types are those of YAML 1.2: `yes`, `on` and dates are strings, unlike in YAML 1.1 (see CV020)."])

    static let badChoice = Explanation(
        summary: "The value is not one of the words that the field takes",
        meaning: "The field takes one of a few words, which the message lists. Upper and lower case count.",
        remedy: "Write one of the words, or leave the field out to have its default.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec: { role: Gateway, networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec: { role: gateway, networks: [{ cvlan: office }] }
            """)

    static let badName = Explanation(
        summary: "The name is not in the form that names have",
        meaning: """
            Names of resources become names in the DNS (NODE.CVLAN.DOMAIN), so they are DNS labels: 1 to 63 of a-z, 0-9
            and `-`, a letter or digit first and last. Domains are such labels joined by dots, without one at the end.
            Keys and values of `labels` follow Kubernetes: up to 63 letters, digits, `-`, `_` and `.`.
            """,
        remedy: """
            Write it in lower case, with `-` in place of `_`, spaces and dots. What people are to read goes to
            `displayName` or to an annotation, which takes any text.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: Build_Server.01 }
            spec: { networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata:
              tenant: acme
              name: build-server-01
              annotations: { description: Build server no. 1 }
            spec: { networks: [{ cvlan: office }] }
            """,
        notes: [
            """
            A name is a node's identity: under another name it is another node, which is enrolled and given addresses
            anew.
            """
        ])

    static let badValue = Explanation(
        summary: "The value is not one that the field takes",
        meaning: """
            The value has the right type and form, and still cannot be: a number out of range, an empty list that would
            mean nothing or everything, two fields that exclude each other, an element that is there twice.
            """,
        remedy: "The message says what the field takes. An empty list of `ports` means everything when it is left out.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.101.0.0/24], mtu: 900 }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.101.0.0/24], mtu: 1280 }
            """,
        notes: [
            """
            Ranges: `mtu` 1280 to 65520 (the least that IPv6 needs), `priority` 0 to 65535, `auto.v4` 8 to 30, `auto.v6`
            16 to 126.
            """,
            """
            A selector has one term: for nodes that meet two conditions, name two `labels`; to leave some out, use
            `except`.
            """,
        ])

    static let badAddress = Explanation(
        summary: "The value is not a usable address, prefix or range",
        meaning: """
            An address is four decimal numbers without leading zeros, or IPv6. A prefix names a network, so it has a
            length and no bits set behind it: `10.1.0.7/24` is an interface's address. Networks and pools cannot be cut
            from loopback, link-local, multicast and the like. A reserved range lies inside its network.
            """,
        remedy: """
            Take the network that the message offers, or check whether the length is what is meant. In flow style
            (`[…]`, `{…}`) put IPv6 in quotes, as its colons can end a key.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.101.0.1/24] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.101.0.0/24] }
            """)

    static let badPort = Explanation(
        summary: "The value is not a port, protocol or endpoint",
        meaning: """
            `ports` of a rule and `port` of a test are `icmp`, or `tcp/` or `udp/` with a port or, in a rule, a range: 1
            to 65535. An endpoint is an address or host name with a port.
            """,
        remedy: """
            Write the protocol with every port: `tcp/443`, `udp/8000-8100`. For all protocols leave `ports` out. An IPv6
            endpoint has brackets: `"[2001:db8::1]:51820"`.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: web }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: ["443/tcp"] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: web }
            spec:
              rules:
                - { action: allow, from: [{ node: laptop }], to: [{ node: db }], ports: [tcp/443] }
            """,
        notes: ["A test is of one port: of a range, test the first and the last."])

    static let badTime = Explanation(
        summary: "The value is not an instant or duration",
        meaning: """
            An instant is a date and time with an offset (RFC 3339), as a date alone leaves open in whose time zone it
            begins. A duration is whole numbers with h, m or s, the larger unit first.
            """,
        remedy: "Write `2027-06-30T00:00:00Z`, or `+02:00` in place of `Z`; write `25s` or `1m30s`.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec: { networks: [{ cvlan: office }], expires: 2027-06-30 }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec: { networks: [{ cvlan: office }], expires: 2027-06-30T00:00:00Z }
            """,
        notes: [
            """
            The instant is the first at which the node is gone: `2027-06-30T00:00:00Z` ends with the 29th in UTC.
            """
        ])
}
