// What keeps a file or document from being read at all.

extension Explanation {
    static let syntax = Explanation(
        summary: "The file is not YAML or JSON",
        meaning: """
            The text breaks off or contradicts itself, so what stands behind the place is not known. Documents before it
            are read and checked; what follows is not, so there may be more findings once this one is gone.
            """,
        remedy: """
            Look at the line named and the one above it. The usual causes: a bracket, brace or quote that is not closed,
            a tab that indents, a colon without a space behind it, a value that begins with `*`, `&`, `!`, `@` or `%`
            and needs quotes. Files that end in .json are read as JSON: no comments, no comma after the last element.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer
            spec: {}
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer }
            spec:
              networks: [{ cvlan: office }]
            """,
        notes: [
            "Anchors and aliases work. Tags other than !!str, !!map and !!seq, and merge keys (`<<`), do not.",
            """
            Whose manifest it is cannot be told from broken text, but from a path `tenants/NAME/…`. Keep files there: a
            broken file anywhere else holds back the whole commit.
            """,
        ])

    static let unreadable = Explanation(
        summary: "The file cannot be read as text",
        meaning: """
            The file cannot be opened, or it holds bytes that are not UTF-8 text: a file in Latin-1 or UTF-16, an
            archive with the wrong name, or a control character that came with a copy from a terminal or a word
            processor.
            """,
        remedy: """
            Save the file as UTF-8 (`iconv -f windows-1252 -t utf-8`), and take out control characters. They are
            invisible in most editors: `cat -A FILE` shows them.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer, annotations: { room: "Ann\u{92}s" } } # U+0092 is before the s
            spec: { networks: [{ cvlan: office }] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: printer, annotations: { room: "Ann’s" } }
            spec: { networks: [{ cvlan: office }] }
            """)

    static let limit = Explanation(
        summary: "The manifest is past a limit of size",
        meaning: """
            Anyone who can open a pull request can write a file that would use all the memory of its reader. So there
            are limits, far beyond what people write: 64 MiB a file, 4 MiB and 200,000 values a document (with aliases
            written out), 32 levels of nesting, 256 KiB a value; 16 `cidrs` a network, 1024 `routes` a node, 1024
            `reserved` ranges, 256 `addressPools`.
            """,
        remedy: """
            Where a real fleet meets a limit, say the same with less: a wider prefix in place of many, a document for
            each resource, several files. A file with more than 1000 problems is not read to its end: mend the first
            ones.
            """,
        bad: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec:
              cidrs: [10.1.0.0/24, 10.1.1.0/24, 10.1.2.0/24, 10.1.3.0/24, 10.1.4.0/24,
                10.1.5.0/24, 10.1.6.0/24, 10.1.7.0/24, 10.1.8.0/24, 10.1.9.0/24, 10.1.10.0/24,
                10.1.11.0/24, 10.1.12.0/24, 10.1.13.0/24, 10.1.14.0/24, 10.1.15.0/24, 10.1.16.0/24]
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec:
              cidrs: [10.1.0.0/20, 10.1.16.0/24]
            """)

    static let duplicateKey = Explanation(
        summary: "A field is written twice",
        meaning: """
            A mapping has the same key twice. Most YAML readers silently keep the last, some the first: which of the two
            a reviewer believes in is luck. Often a merge left both sides in, or a block was pasted below another.
            """,
        remedy: "Keep the one that is meant. Of two lists, write one list with the elements of both.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec:
              role: client
              networks: [{ cvlan: office }]
              role: gateway
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: gw-1 }
            spec:
              role: gateway
              networks: [{ cvlan: office }]
            """)

    static let unsupportedVersion = Explanation(
        summary: "The apiVersion is not known",
        meaning: """
            `apiVersion` says by which rules a document is to be read. This version knows `cvlan.io/v1` only, and does
            not guess at others.
            """,
        remedy: """
            Write `apiVersion: cvlan.io/v1`. If the document is not one of CloudVLAN (a Kubernetes manifest, a
            workflow), move it to a folder that begins with a dot, or to another repository.
            """,
        bad: """
            apiVersion: v1
            kind: Node
            metadata: { tenant: acme, name: printer }
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
            Every .yaml, .yml and .json file of the repository is a manifest to the controller, but in folders that
            begin with a dot.
            """
        ])

    static let unsupportedKind = Explanation(
        summary: "The kind is not known",
        meaning: """
            `kind` is not one that this version can carry out: Tenant, CVLAN, Node and Policy. Upper and lower case
            count. `Egress` and `Secret` come with a later version.
            """,
        remedy: "Correct the word, or keep the document on a branch until the controller knows the kind.",
        bad: """
            apiVersion: cvlan.io/v1
            kind: Network
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.101.0.0/24] }
            """,
        good: """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: lab }
            spec: { cidrs: [10.101.0.0/24] }
            """)
}
