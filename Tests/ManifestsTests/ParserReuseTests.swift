import Manifests
import Testing

/// A parser that has read a file reads another one later.
struct ParserReuseTests {
    private static let node = """
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: laptop }
        spec: { networks: [{ cvlan: office }] }
        """

    /// What leaves a parser in states of many kinds, at the end of its input or before.
    private static let texts = [
        node, "---\n\(node)\n---\n\(node)\n...\n", "", "# nothing", "\u{FEFF}\(node)", node + "\n  wrong: [",
        "a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "a:\n- - - - - - - - - - - - - - - - - - b",
        "%TAG ! tag:example.org,2026:\n---\na: !b c\n", "%TAG !e! tag:example.org,2026:\n---\na: b\n",
        "%YAML 1.1\n---\na: b\n",
        "a: !e!b c", "&a a: *a", "a: |\n  \(String(repeating: "long ", count: 10_000))\n", "? a\n: b\n? c", "\"a\\q\"",
        "\t- a", "{",
        "a: \u{7}", "a: 'b", "- a\nb: c", "a: b\n---\nc: d\n--- [", String(repeating: "- ", count: 200) + "a",
    ]

    @Test func whatAFileSaysDoesNotDependOnTheOneBefore() {
        let first = Self.texts.map(Reading.init)
        for before in Self.texts {
            for (text, expected) in zip(Self.texts, first) {
                _ = load(before)
                #expect(Reading(text) == expected, "\(text.debugDescription) after \(before.debugDescription)")
            }
        }
    }

    private struct Reading: Equatable {
        let resources: [Resource]
        let problems: [ManifestProblem]
        let undecodable: [ResourceID]

        init(_ text: String) {
            let file = load(text)
            resources = file.resources
            problems = file.problems
            undecodable = file.undecodable
        }
    }
}
