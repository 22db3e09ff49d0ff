// How manifests are written, and comments to lint.

extension Explanation {
    static let unusedIgnore = Explanation(
        summary: "An ignore comment silences nothing",
        meaning: """
            What the comment was written for is not there any more, or is on another line. Left in place, it would
            silence the next finding of its kind, which nobody has looked at.
            """,
        remedy: """
            Remove the comment (`cvlan lint --fix` does), or move it to the line that the finding names. Behind
            something a comment speaks of its own line, alone on a line of the next. Each code in it silences one
            finding.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec:
              networks: [{ cvlan: office }]
              expires: 2027-12-31T23:00:00Z # cvlan: ignore CV112 is to be extended, ticket 4711
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: contractor }
            spec:
              networks: [{ cvlan: office }]
              expires: 2027-12-31T23:00:00Z
            """)

    static let badIgnore = Explanation(
        summary: "An ignore comment cannot be carried out",
        meaning: """
            The comment names a code that does not exist or cannot be ignored, or gives no reason. It silences nothing.
            Errors for which the controller would hold the tenant back cannot be ignored, as the comment would only hide
            why.
            """,
        remedy: """
            Write `# cvlan: ignore CODE reason`, with several codes `CODE,CODE`. The reason is for whoever reads it in a
            year: why it is right, until when, and who knows.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }] # cvlan: ignore CV999 the old office
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
            """)

    static let saysNothing = Explanation(
        summary: "A field or document says nothing",
        meaning: """
            A Node that is in no network reaches nobody, and a Policy without rules and tests decides nothing. They are
            carried out as they are written, but something was probably to go there, or was taken out and this is left
            over.
            """,
        remedy: """
            Write what is missing, or delete the manifest. A node of role `relay` needs no network: it helps others to
            meet.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              role: client
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              role: client
              networks: [{ cvlan: office }]
            """)

    static let ambiguousWord = Explanation(
        summary: "Other YAML readers take this word for something else",
        meaning: """
            `yes`, `no`, `on`, `off`, `y` and `n` are strings in YAML 1.2, by which manifests are read. Readers of YAML
            1.1, which many editors and scripts still are, have them as booleans, and may write them back as such: the
            label `country: no` of Norway becomes `false`. `2027-01-01` is a date to them, `12:30:45` and `1_000` are
            numbers.
            """,
        remedy: "Put the word in quotes (`cvlan lint --fix` does); it means the same to every reader then.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer, labels: { country: no } }
            spec: { networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer, labels: { country: "no" } }
            spec: { networks: [{ cvlan: office }] }
            """)

    static let nonCanonicalText = Explanation(
        summary: "A value is written in an unusual form",
        meaning: """
            An IPv6 address can be written in many ways, and all else (`cvlan get`, logs, `ip -6 route`) shows it in one
            (RFC 5952): in small letters, without leading zeros, with the longest run of zeros as `::`. Who searches for
            `fd64:100::7` does not find `FD64:0100:0:0::7`. The same holds for a range of a single port.
            """,
        remedy: "Write it as the message says (`cvlan lint --fix` does). Its meaning stays the same.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: ["FD64:0100:0:0::/64"] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: ["fd64:100::/64"] }
            """)

    static let repeatedElement = Explanation(
        summary: "A list names something twice",
        meaning: """
            A rule names a selector or port twice, or a port that is in a range of the same rule. It adds nothing;
            perhaps it was to be another.
            """,
        remedy: "Correct it to what was meant, or take it out (for ports `cvlan lint --fix` does).",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: web }
            spec:
              rules:
                - action: allow
                  from: [{ node: laptop }]
                  to: [{ node: db }]
                  ports: [tcp/80, tcp/443, tcp/80]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Policy
            metadata: { tenant: acme, name: web }
            spec:
              rules:
                - action: allow
                  from: [{ node: laptop }]
                  to: [{ node: db }]
                  ports: [tcp/80, tcp/443]
            """)
}
