import Manifests
import Testing

/// Every class of mistake is reported where it is.
struct ProblemsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        let places: [Place]
        let message: String

        init(_ text: String, _ places: Place..., message: String) {
            self.text = text
            self.places = places
            self.message = message
        }

        var testDescription: String { message }
    }

    static let cases: [Case] = [
        Case("a: [b\nc: d", Place(.syntax, 1, 4), message: "this `[` is not closed before line 2"),
        Case("a:\n\t- b", Place(.syntax, 2, 1), message: "a tab cannot indent YAML"),
        Case("a: *b", Place(.syntax, 1, 4), message: "the alias `*b` has no anchor"),
        Case("a: !!binary eHg=", Place(.syntax, 1, 4), message: "the tag `tag:yaml.org,2002:binary` is not supported"),
        Case("[a]", Place(.wrongType, 1, 1), message: "`manifest` must be a mapping, but this is a list"),
        Case("name: ci\non: [push]\njobs: {}", Place(.missingField, 1, 1), message: "this is no manifest"),
        Case("{}", Place(.missingField, 1, 1), message: "this is no manifest"),
        Case(
            "kind: Node", Place(.missingField, 1, 1), Place(.missingField, 1, 1),
            message: "must have a field `apiVersion`"),
        Case(
            "apiVersion: cvlan.io/v2\nkind: Node", Place(.unsupportedVersion, 1, 13),
            message: "must be `cvlan.io/v1`, not `cvlan.io/v2`"),
        Case(
            "apiVersion: cvlan.io/v1\nkind: Egress", Place(.unsupportedKind, 2, 7),
            message: "`Egress` is not supported by this version yet"),
        Case(
            "apiVersion: cvlan.io/v1\nkind: Nodes", Place(.unsupportedKind, 2, 7), message: "did you mean `Node`?"),
        Case(Sample.node(spec: "rolle: client"), Place(.unknownField, 5, 3), message: "did you mean `role`?"),
        Case(Sample.node(spec: "<<: { role: client }"), Place(.unknownField, 5, 3), message: "merge keys are not"),
        Case(
            Sample.node(spec: "role: client\nrole: gateway"), Place(.duplicateKey, 6, 3),
            message: "`role` is here twice, first on line 5"),
        Case(Sample.node(spec: "role: gatewy"), Place(.badChoice, 5, 9), message: "did you mean `gateway`?"),
        Case(Sample.node(spec: "role:"), Place(.wrongType, 5, 8), message: "nothing is here"),
        Case(Sample.node(spec: "networks: office"), Place(.wrongType, 5, 13), message: "`networks` must be a list"),
        Case(Sample.node(spec: "networks:\n  - {}"), Place(.missingField, 6, 7), message: "must have a field `cvlan`"),
        Case(Sample.node(spec: "networks:\n  - cvlan: Office"), Place(.badName, 6, 14), message: "write `office`"),
        Case(
            Sample.node(spec: "networks:\n  - cvlan: 123"), Place(.wrongType, 6, 14),
            message: "must be a string, but `123` is a number: write \"123\""),
        Case(
            Sample.node(spec: "networks: [{ cvlan: o }, { cvlan: o }]"), Place(.badValue, 5, 37),
            message: "the network `o` is here twice"),
        Case(
            Sample.node(spec: "networks:\n  - { cvlan: o, addresses: [10.0.0.300] }"), Place(.badAddress, 6, 31),
            message: "must be an address like"),
        Case(
            Sample.node(spec: "wireguard: { publicKey: \"AAEC\" }"), Place(.badKey, 5, 27),
            message: "32 bytes in base64"),
        Case(
            Sample.node(spec: "wireguard: { publicKey: \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\" }"),
            Place(.badKey, 5, 27), message: "32 bytes in base64"),
        Case(
            Sample.node(spec: "wireguard: { publicKey: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= }"),
            Place(.badKey, 5, 27), message: "must not be all zero"),
        Case(Sample.node(spec: "endpoints: [\"203.0.113.7:0\"]"), Place(.badPort, 5, 15), message: "with a port"),
        Case(Sample.node(spec: "endpoints: [\"203.0.113:1\"]"), Place(.badPort, 5, 15), message: "with a port"),
        Case(
            Sample.node(spec: "routes: [{ prefix: 10.1.0.7/24 }]"), Place(.badAddress, 5, 22),
            message: "should probably be `10.1.0.0/24`"),
        Case(Sample.node(spec: "routes: [{ prefix: 10.1.0.0 }]"), Place(.badAddress, 5, 22), message: "a prefix like"),
        Case(
            Sample.node(spec: "routes: [{ prefix: 10.1.0.0/24, priority: -1 }]"), Place(.badValue, 5, 45),
            message: "from 0 to 65535"),
        Case(
            Sample.node(spec: "routes: [{ prefix: 10.1.0.0/24, priority: \"1\" }]"), Place(.wrongType, 5, 45),
            message: "must be a number, but `1` is a string"),
        Case(Sample.node(spec: "expires: 2027-06-31T00:00:00Z"), Place(.badTime, 5, 12), message: "an instant like"),
        Case(Sample.node(spec: "expires: 2027-06-30"), Place(.badTime, 5, 12), message: "an instant like"),
        Case(
            Sample.cvlan(spec: "mtu: 1420"), Place(.missingField, 5, 3), message: "`spec` must have `cidrs` or `auto`"),
        Case(
            Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nauto: { v4: 24 }"), Place(.badValue, 6, 9), message: "exclude"),
        Case(Sample.cvlan(spec: "cidrs: []"), Place(.badValue, 3, 33), message: "`cidrs` is empty"),
        Case(Sample.cvlan(spec: "cidrs: [10.0.0.1/8]"), Place(.badAddress, 5, 11), message: "host bits"),
        Case(Sample.cvlan(spec: "cidrs: [224.0.0.0/8]"), Place(.badAddress, 5, 11), message: "multicast"),
        Case(Sample.cvlan(spec: "auto: {}"), Place(.badValue, 3, 33), message: "`v4`, `v6` or both"),
        Case(Sample.cvlan(spec: "auto: { v4: 31 }"), Place(.badValue, 5, 15), message: "from 8 to 30"),
        Case(
            Sample.cvlan(spec: "cidrs: [10.0.0.0/8, 10.1.0.0/16]"), Place(.badValue, 5, 23), message: "overlaps"),
        Case(
            Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nmtu: 100"), Place(.badValue, 6, 8), message: "from 1280 to 65520"),
        Case(
            Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nkeepalive: 25"), Place(.wrongType, 6, 14),
            message: "a duration like 25s or 1m30s, but `25` is a number"),
        Case(
            Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nkeepalive: 20h"), Place(.badTime, 6, 14), message: "from 1s"),
        Case(
            Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nreserved: [10.0.0.7-10.0.0.3]"), Place(.badAddress, 6, 14),
            message: "a range like"),
        Case(
            Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nreserved: [11.0.0.3]"), Place(.badAddress, 6, 14),
            message: "not inside this network"),
        Case(
            Sample.policy(spec: "rules: [{ action: allow, from: [{ any: true }] }]"), Place(.missingField, 5, 11),
            message: "must have a field `to`"),
        Case(
            Sample.policy(spec: "rules: [{ action: yes, from: [{ any: true }], to: [] }]"), Place(.badChoice, 5, 21),
            message: "must be one of `allow`, `deny`, not `yes`"),
        Case(
            Sample.policy(spec: "rules: [{ action: allow, from: [{ any: true }], to: [] }]"), Place(.badValue, 5, 21),
            message: "`to` is empty"),
        Case(
            Sample.policy(spec: "rules: [{ action: allow, from: [{ any: true }], to: [{ any: true }], ports: [] }]"),
            Place(.badValue, 5, 11), message: "leave it out"),
        Case(
            Sample.policy(
                spec: "rules: [{ action: deny, from: [{ any: true }], to: [{ any: true }], ports: [tcp/70000] }]"),
            Place(.badPort, 5, 79), message: "ports from 1 to 65535"),
        Case(
            Sample.policy(spec: "rules: [{ action: deny, from: [{ any: yes }], to: [{ any: true }] }]"),
            Place(.wrongType, 5, 41), message: "`any` must be true"),
        Case(
            Sample.policy(spec: "rules: [{ action: deny, from: [{ any: true, node: n }], to: [{ any: true }] }]"),
            Place(.badValue, 5, 34), message: "a selector must have one of"),
        Case(
            Sample.policy(spec: "rules: [{ action: deny, from: [{ any: false }], to: [{ labels: {} }] }]"),
            Place(.badValue, 5, 41), message: "`any` can only be true"),
        Case(
            Sample.policy(spec: "rules: [{ action: deny, from: [{ any: true }], to: [{ labels: {} }] }]"),
            Place(.badValue, 5, 65), message: "`labels` is empty"),
        Case(
            Sample.policy(spec: "tests: [{ from: { node: a }, to: { node: b }, port: tcp/1-2, expect: deny }]"),
            Place(.badPort, 5, 55), message: "not of a range"),
        Case(
            Sample.tenant(spec: "members: [{ name: a, role: admin, keys: [\"ssh-ed25519 AAAA\"] }]"),
            Place(.badKey, 5, 44), message: "an SSH public key"),
        Case(Sample.tenant(spec: "approvals: 0"), Place(.badValue, 5, 14), message: "from 1 to 9, not 0"),
        Case(Sample.tenant(spec: "approvals: 10"), Place(.badValue, 5, 14), message: "from 1 to 9, not 10"),
        Case(
            Sample.tenant(spec: "enrollment: { tokenKeys: [k4.secret.AAAA] }"), Place(.badKey, 5, 29), message: "PASERK"
        ),
        Case(
            Sample.tenant(spec: "groups: [{ name: g, members: [] }]"), Place(.badValue, 5, 20), message: "no members"),
        Case(
            Sample.tenant(spec: "addressPools: [10.0.0.0/8, 10.1.0.0/16]"), Place(.badValue, 5, 30),
            message: "the pool `10.1.0.0/16` overlaps `10.0.0.0/8`"),
        Case(
            "apiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: acme, name: n, labels: { v: 1.0 } }",
            Place(.wrongType, 3, 49), message: "`1.0` is a decimal number: write \"1.0\""),
        Case(
            "apiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: acme, name: -n }", Place(.badName, 3, 33),
            message: "1 to 63"),
        Case(
            "apiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: acme, name: \(String(repeating: "n", count: 64)) }",
            Place(.badName, 3, 33), message: "1 to 63"),
        Case(
            "apiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { tenant: acme, name: n }", Place(.unknownField, 3, 13),
            message: "has no field `tenant`"),
    ]

    @Test(arguments: cases)
    func isReportedWhereItIs(_ wrong: Case) {
        let file = load(wrong.text)
        #expect(file.places == wrong.places)
        #expect(
            file.problems.contains { $0.message.contains(wrong.message) },
            "\(file.problems.map(\.message)) should say: \(wrong.message)")
        #expect(file.resources == [])
    }

    /// What lint cannot show by an example is no class of mistake.
    @Test func everyKindOfProblemHasACase() {
        let shown = Set(Self.cases.flatMap { $0.places.map(\.kind) })
        #expect(Set(ManifestProblem.Kind.allCases).subtracting(shown) == [.unreadable, .limit])
    }

    @Test func allProblemsOfAFileAreReported() {
        let file = load(
            """
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: UPPER }
            spec:
              role: boss
              networks: [{ cvlan: 1 }, { addresses: [x] }]
            ---
            apiVersion: cvlan.io/v1
            kind: Node
            metadata: { tenant: acme, name: fine }
            ---
            kind: Node
            """)
        #expect(
            file.places == [
                Place(.badName, 3, 33), Place(.badChoice, 5, 9), Place(.wrongType, 6, 23), Place(.missingField, 6, 28),
                Place(.badAddress, 6, 42), Place(.missingField, 12, 1), Place(.missingField, 12, 1),
            ])
        #expect(file.resources.map(\.metadata.name) == ["fine"])
    }

    @Test func whatComesBeforeASyntaxErrorIsKept() {
        let file = load(Sample.node + "---\n]")
        #expect(file.places == [Place(.syntax, 16, 1)])
        #expect(file.resources.count == 1)
    }

    @Test func bytesThatAreNotUTF8AreRefusedWhereTheyAre() {
        let file = ManifestLoader().load(path: "x.yaml", bytes: Array("a: ü\nb: é".utf8) + [0xFF])
        #expect(file.places == [Place(.unreadable, 2, 5)])
    }

    @Test func wordsOfYAML11AreStrings() {
        for word in ["yes", "no", "on", "off", "2027-06-30", "1e", "0x", "1_000", "12:30:45", "."] {
            let file = load(
                "apiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: a, name: n, annotations: { note: \(word) } }")
            #expect(file.resources.first?.metadata.annotations == ["note": word])
        }
    }

    @Test func wordsOfTheCoreSchemaAreNotStrings() {
        let words = [
            "true", "FALSE", "null", "~", "12", "-12", "+1", "0o17", "0xfF", "1.5", ".5", "5.", "1e5", "-1.5E-3",
            ".inf",
            "-.Inf", ".nan",
        ]
        for word in words {
            let file = load(
                "apiVersion: cvlan.io/v1\nkind: Node\nmetadata: { tenant: a, name: n, annotations: { note: \(word) } }")
            #expect(file.places == [Place(.wrongType, 3, 54)], "\(word)")
        }
    }
}
