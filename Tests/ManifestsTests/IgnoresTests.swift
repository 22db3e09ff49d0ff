import Manifests
import Testing

struct IgnoresTests {
    private func ignores(_ text: String, path: String = "tenants/acme/x.yaml") -> [IgnoreComment] {
        load(text, path: path).ignores
    }

    @Test func aCommentBehindSomethingSpeaksOfItsLine() throws {
        let comment = try #require(ignores("a: b\nc: d  # cvlan: ignore CV023, CV112 it is a test  \n").first)
        #expect(comment.codes.map(\.value) == ["CV023", "CV112"])
        #expect(comment.codes.map(\.span.column) == [23, 30])
        #expect((comment.codesSpan.column, comment.codesSpan.length) == (23, 12))
        #expect(comment.reason == "it is a test")
        #expect("\(comment.span)" == "tenants/acme/x.yaml:2:7")
        #expect(comment.span.length == 41)
        #expect(comment.line == 2)
        #expect(comment.fault == nil)
        #expect(comment.tenant == "acme")
        #expect((comment.removal.span.column, comment.removal.span.length) == (5, 45))
        #expect(!comment.removal.takesLine)
    }

    @Test func aCommentOnItsOwnSpeaksOfTheNextLineWithContent() {
        let comments = ignores(
            "  # cvlan: ignore CV023 é\r\n\r\n# more\n#cvlan:ignore CV112 b\n a: b\n# cvlan: ignore CV1 c")
        #expect(comments.map(\.line) == [5, 5, nil])
        #expect(comments.map(\.span.line) == [1, 4, 6])
        #expect(comments.map(\.removal.span.length) == [25, 21, 21])
        #expect(comments.map(\.removal.takesLine) == [true, true, true])
        #expect(comments.map(\.fault) == [nil, nil, nil])
    }

    @Test(arguments: [
        "a: 'x # cvlan: ignore CV023 r'", "a: \"x # cvlan: ignore CV023 r\"",
        "a: \"x\n  # cvlan: ignore CV023 r\n  y\"",
        "a: |\n  x # cvlan: ignore CV023 r\n", "a: >-\n\n  # cvlan: ignore CV023 r\n  x\n",
        "a: x# cvlan: ignore CV023 r",
        "- '\n  # cvlan: ignore CV023 r\n  '",
    ])
    func whatIsInsideAScalarIsNoComment(_ text: String) {
        #expect(ignores(text) == [])
    }

    @Test(arguments: [
        "a: | # cvlan: ignore CV023 r\n  x\n", "a: |\n  x\n# cvlan: ignore CV023 r\nb: c",
        "[a, # cvlan: ignore CV023 r\n b]",
        "a: 'x' # cvlan: ignore CV023 r", "a: x # see # cvlan: ignore CV023 r", "--- # cvlan: ignore CV023 r\na: b",
        "\u{FEFF}# cvlan: ignore CV023 r\na: b", "a:\n  x\n  y # cvlan: ignore CV023 r",
        "é: \"ä\" # cvlan: ignore CV023 r", "a: 'x # cvlan:' # cvlan: ignore CV023 r",
    ])
    func whatIsBesideAScalarIsAComment(_ text: String) {
        #expect(ignores(text).map(\.reason) == ["r"])
    }

    @Test func jsonHasNone() {
        #expect(ignores("{\n# cvlan: ignore CV023 r\n}", path: "x.json") == [])
    }

    @Test func whatIsMalformedSaysWhy() {
        let faults = [
            "ignore": IgnoreComment.Fault.noCode, "ignore all": .noCode, "ignore CV023": .noReason,
            "ignore CV023,": .noReason,
            "CV023 reason": .unknownWord("CV023"), "disable CV023 reason": .unknownWord("disable"),
            "ignroe it": .unknownWord("ignroe"),
        ]
        for (text, fault) in faults { #expect(ignores("a: b # cvlan: \(text)").map(\.fault) == [fault]) }
    }

    @Test(arguments: ["office", "", "office, and more", "main-2"])
    func aFieldThatIsTakenOutIsNone(_ text: String) {
        #expect(ignores("# cvlan: \(text)\na: b") == [])
    }

    @Test func whatCouldNotBeReadHasNone() {
        #expect(ignores("a: b # cvlan: ignore CV023 r\nb: c\n'd\n# cvlan: ignore CV023 s").map(\.reason) == ["r"])
    }

    @Test func thousandsAreCutShort() {
        let text = String(repeating: "# cvlan: ignore CV023 reason\n", count: 140_000)
        let comments = ignores(text)
        #expect(comments.count == 1001)
        #expect(comments.last?.fault == .tooMany)
        let codes = "# cvlan: ignore " + String(repeating: "CV023,", count: 600_000) + " r"
        #expect(ignores(codes).map(\.fault) == [.tooMany])
        #expect(ignores("a: b " + String(repeating: "# cvlan: ", count: 400_000)) == [])
        #expect(ignores("a: \"" + String(repeating: "# cvlan: ", count: 25_000) + "\"") == [])
    }
}
