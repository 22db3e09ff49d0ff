import Lint
import Manifests
import Testing

struct IgnoringTests {
    private static let head = "{ apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: acme } }\n"

    /// A node that has expired, on line 6.
    private func lintNode(_ comment: String, before: String = "# -", spec: String = "") -> [String] {
        let text =
            Self.head
            + "---\n{ apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: acme, name: pc }, spec: { role: relay,\n"
            + "  \(spec)\n\(before)\n  expires: 2020-01-01T00:00:00Z  \(comment)\n} }\n"
        let set = ManifestSet(files: [ManifestLoader().load(path: "x.yaml", bytes: Array(text.utf8))])
        return Ignoring(set.ignores).applied(to: Linter(at: now).findings(in: set)).map {
            "\($0.span.line):\($0.span.column) \($0.code.rawValue)" + $0.fixes.map { " (\($0.title))" }.joined()
        }
    }

    @Test func aCommentSilencesOneFinding() {
        #expect(lintNode("") == ["6:12 CV112"])
        #expect(lintNode("# cvlan: ignore CV112 kept for the audit") == [])
        #expect(lintNode("", before: "# cvlan: ignore CV112 kept for the audit") == [])
    }

    @Test func aSecondOneSilencesNothing() {
        let found = lintNode("# cvlan: ignore CV112 again", before: "# cvlan: ignore CV112 kept for the audit")
        #expect(found == ["6:34 CV017 (remove the comment)"])
        #expect(lintNode("# cvlan: ignore CV112,CV112 twice") == ["6:56 CV017 (write `CV112`)"])
        #expect(lintNode("# cvlan: ignore CV113,CV112 one") == ["6:50 CV017 (write `CV112`)"])
    }

    @Test func anotherLineOrCodeIsLeftAlone() {
        #expect(lintNode("# cvlan: ignore CV113 wrong") == ["6:12 CV112", "6:34 CV017 (remove the comment)"])
        #expect(
            lintNode("", spec: "protocol: ipsec, # cvlan: ignore CV112 wrong") == [
                "4:20 CV017 (remove the comment)", "6:12 CV112",
            ])
    }

    @Test func whatIsMalformedSilencesNothing() {
        #expect(lintNode("# cvlan: ignore CV112") == ["6:12 CV112", "6:34 CV018"])
        #expect(lintNode("# cvlan: ignore CV999 why") == ["6:12 CV112", "6:50 CV018"])
        #expect(lintNode("# cvlan: ignore cv112 why") == ["6:12 CV112", "6:50 CV018 (write `CV112`)"])
    }

    @Test func anErrorCannotBeIgnoredAndHidesWhatIsUnused() {
        let found = lintNode("# cvlan: ignore CV102,CV112,CV113 why", spec: "networks: [{ cvlan: office }],")
        #expect(found == ["4:23 CV102", "6:50 CV018"])
    }
}
