import Manifests
import Testing

/// What cannot be read is told in words of whoever wrote it, and where they have to look.
struct SyntaxMessageTests {
    @Test(arguments: [
        ("a: { b: 1\nc: 2", "1:4: this `{` is not closed before line 2, or a comma is missing there"),
        ("a: [b, c\n", "1:4: this `[` is not closed before the end of the file, or a comma is missing there"),
        ("a: { b: 1 c: 2 }", "1:12: a comma or `}` is missing before this"),
        ("a: [b, c", "1:4: this `[` is not closed"),
        ("a: [b\"c\"]\nd: \"e\nf: g\n", "2:4: this quote is not closed before the end of the file"),
        ("a: 'b\n---\nc: d\n", "1:4: this quote is not closed before line 2"),
        ("a: b\n c: d\n", "2:3: a colon cannot be here: put the value in quotes, or check the indentation"),
        ("a: b: c\n", "1:5: a colon cannot be here"),
        (
            "a:\n  b: 1\n c: 2\n",
            "3:2: this line must be indented like the other keys of the mapping that begins on line 1"
        ),
        ("- a\nb: c\n", "2:1: this line must be indented like the other elements of the list that begins on line 1"),
        ("a: b\n- c\n", "2:1: "),
        ("a: - b\n", "1:4: an element of a list cannot be here"),
        ("a: @b\n", "1:4: no value begins with `@`: put it in quotes"),
        ("a: `b`\n", "1:4: no value begins with a backtick"),
        ("a:\n\t- b", "2:1: a tab cannot indent YAML: use spaces"),
        ("a: \"C:\\c\"\n", "1:7: no such escape"),
        ("a: *.b\n", "1:4: `*` begins an alias: put the value in quotes"),
        ("a: & b\n", "1:4: `&` begins an anchor: put the value in quotes"),
        ("a: ]", "1:4: a value must be here"),
        ("a: b\n<<<<<<< main\nc: 1\n=======\nc: 2\n>>>>>>> x\n", "2:1: a merge conflict is not resolved"),
        ("a: b\nc\nd: e\n", "2:1: a key has a colon and a space behind it, and this line has none"),
    ])
    func yaml(text: String, expected: String) {
        let problems = load(text).problems.filter { $0.kind == .syntax }
        #expect(problems.count == 1)
        let shown = problems.first.map { "\($0.span.line):\($0.span.column): \($0.message)" } ?? ""
        #expect(shown.hasPrefix(expected), "\(shown)")
    }

    @Test(arguments: [
        ("{ \"a\": 1, }", "1:11: JSON has no comma before `}`"),
        ("[1, 2, ]", "1:8: JSON has no comma before `]`"),
        ("// why\n{}", "1:1: JSON has no comments"), ("{ /* why */ }", "1:3: JSON has no comments"),
        ("{ \"a\": 'b' }", "1:8: strings of JSON need double quotes"),
        ("{ a: 1 }", "1:3: keys of JSON need double quotes"), ("{ \"a\": yes }", "1:8: not a value of JSON"),
        ("{ \"a\": 1", "1:9: the `{` of line 1 is not closed"), ("[1", "1:3: the `[` of line 1 is not closed"),
        ("{ \"a\" 1 }", "1:7: a colon is missing before this"),
        ("{ \"a\": 1 \"b\": 2 }", "1:10: a comma or `}` is missing"),
        ("[1 2]", "1:4: a comma or `]` is missing before this"), ("{ \"a\": }", "1:8: a value must be here"),
    ])
    func json(text: String, expected: String) {
        let file = ManifestLoader().load(path: "x.json", bytes: Array(text.utf8))
        let problems = file.problems.filter { $0.kind == .syntax }
        #expect(problems.count == 1)
        let shown = problems.first.map { "\($0.span.line):\($0.span.column): \($0.message)" } ?? ""
        #expect(shown.hasPrefix(expected), "\(shown)")
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xE9, 0x20], "not UTF-8 text: the byte 0xE9 is of another encoding"),
            ([0x61, 0x3A, 0x20, 0x07], "an invisible control character is here"),
            ([0xFF, 0xFE, 0x61, 0x00], "the file is UTF-16 text: save it as UTF-8"),
        ] as [([UInt8], String)])
    func bytesThatAreNoText(bytes: [UInt8], expected: String) {
        let problems = ManifestLoader().load(path: "x.yaml", bytes: bytes).problems
        #expect(problems.map(\.kind) == [.unreadable])
        #expect(problems.first?.message.hasPrefix(expected) == true, "\(problems)")
    }
}
