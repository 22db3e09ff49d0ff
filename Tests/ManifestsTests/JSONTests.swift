import Manifests
import Testing

struct JSONTests {
    private static let node = """
        {
        \t"apiVersion": "cvlan.io/v1", "kind": "Node",
        \t"metadata": {"tenant":"acme","name":"laptop-1","annotations":{"note":"\\u00fc \\ud83d\\ude80 \\/ \\t"}},
        \t"spec": {"role": "gateway", "routes": [{"prefix": "10.1.0.0/24", "priority": 5}], "endpoints": []}
        }
        """

    @Test func saysTheSameAsYAML() throws {
        let file = load(Self.node, path: "x.json")
        #expect(file.problems == [])
        guard case .node(let node) = try #require(file.resources.first) else {
            Issue.record("no node")
            return
        }
        #expect(node.role == .gateway)
        #expect(node.routes.first?.priority == 5)
        #expect(node.metadata.annotations == ["note": "ü 🚀 / \t"])
        #expect(node.$role.span.description == "x.json:4:19")
        #expect(node.$role.span.length == 9)
    }

    @Test func isAcceptedInYAMLFiles() {
        let text = Self.node.replacing("\\ud83d\\ude80", with: "🚀")
        #expect(load(text, path: "x.yaml").resources == load(Self.node, path: "x.json").resources)
        #expect(load(text, path: "x.yaml").resources.count == 1)
    }

    @Test func severalInAFile() {
        #expect(load(Self.node + "\n" + Self.node, path: "x.json").resources.count == 2)
    }

    @Test func aByteOrderMarkIsNoColumn() {
        #expect(load("\u{FEFF}[]", path: "x.json").places == [Place(.wrongType, 1, 1)])
        #expect(load("\u{FEFF}[]", path: "x.yaml").places == [Place(.wrongType, 1, 1)])
    }

    struct Case: Sendable {
        let text: String
        let place: Place

        init(_ text: String, _ line: Int32, _ column: Int32, _ kind: ManifestProblem.Kind = .syntax) {
            self.text = text
            place = Place(kind, line, column)
        }
    }

    static let wrong: [Case] = [
        Case("{", 1, 2), Case("{\"a\"}", 1, 5), Case("{\"a\":}", 1, 6), Case("{\"a\":1,}", 1, 8), Case("{a: 1}", 1, 2),
        Case("[1 2]", 1, 4), Case("[1,]", 1, 4), Case("[01]", 1, 2), Case("[+1]", 1, 2), Case("[.5]", 1, 2),
        Case("[1.]", 1, 2), Case("[1e]", 1, 2), Case("[tru]", 1, 2), Case("['a']", 1, 2), Case("[\"a]", 1, 2),
        Case("[\"a\tb\"]", 1, 4), Case("[\"a\nb\"]", 1, 4), Case("[\"\\x\"]", 1, 3), Case("[\"\\u12\"]", 1, 3),
        Case("[\"\\ud83d\"]", 1, 3), Case("[\"\\ud83dx\"]", 1, 3), Case("[\"\\ud83d\\u0041\"]", 1, 3),
        Case("[\"\\ude80\"]", 1, 3), Case("[\"\\u+041\"]", 1, 3), Case("[\n\"ü\", x]", 2, 6), Case("// x\n{}", 1, 1),
        Case("]", 1, 1), Case("[\"\\", 1, 4),
    ]

    @Test(arguments: wrong)
    func whatIsNotJSONIsRefusedWhereItIs(_ wrong: Case) {
        #expect(load(wrong.text, path: "x.json").places == [wrong.place], "\(wrong.text)")
    }

    @Test func keysThatAreHereTwice() {
        let text =
            "{\"apiVersion\": \"cvlan.io/v1\", \"kind\": \"Tenant\", \"kind\": \"Node\", \"metadata\": {\"name\": \"a\"}}"
        #expect(load(text, path: "x.json").places == [Place(.duplicateKey, 1, 49)])
    }

    @Test func bytesThatAreNotUTF8() {
        let file = ManifestLoader().load(path: "x.json", bytes: Array("[\"".utf8) + [0xC0, 0x80] + Array("\"]".utf8))
        #expect(file.places == [Place(.unreadable, 1, 2)])
    }
}
