import Manifests
import Testing

/// What is good, and could be better.
struct RemarksTests {
    private func remarks(_ text: String) -> [String] {
        let file = load(text.replacing("name: n", with: "name: m"))
        #expect(file.problems == [])
        #expect(file.resources.count == 1)
        return file.remarks.map { remark in
            "\(remark.kind) \(remark.span.line):\(remark.span.column)"
                + remark.fixes.map { " (\($0.title), \($0.safety), \($0.edits.map(\.text)))" }.joined()
        }
    }

    private static let network = "networks: [{ cvlan: office }]"

    @Test(arguments: ["yes", "No", "ON", "off", "y", "N"])
    func wordsThatOthersTakeForBooleans(_ word: String) {
        let quoted = "(write `\"\(word)\"`, safe, [\"\\\"\(word)\\\"\"])"
        let text = Sample.node(spec: Self.network).replacing("name: n }", with: "name: m, labels: { a: \(word) } }")
        #expect(remarks(text) == ["ambiguousWord 3:49 \(quoted)"])
        let key = Sample.node(spec: Self.network).replacing("name: n }", with: "name: m, labels: { \(word): a } }")
        #expect(remarks(key) == ["ambiguousWord 3:46 \(quoted)"])
    }

    @Test(arguments: ["2027-01-01", "12:30:45", "1_000", "0b1010", "2027-1-1T00:00:00Z"])
    func numbersAndDatesOfOthers(_ word: String) {
        let text = Sample.node(spec: Self.network).replacing(
            "name: n }", with: "name: n, annotations: { a: \(word) } }")
        #expect(remarks(text) == ["ambiguousWord 3:54 (write `\"\(word)\"`, safe, [\"\\\"\(word)\\\"\"])"])
    }

    @Test(arguments: ["\"yes\"", "'no'", "nope", "yesterday", "v1_000", "10-20-30"])
    func wordsThatNobodyMistakes(_ word: String) {
        let text = Sample.node(spec: Self.network).replacing("name: n }", with: "name: m, labels: { a: \(word) } }")
        #expect(remarks(text) == [])
    }

    @Test func addressesThatEveryoneElseWritesInAnotherWay() {
        #expect(
            remarks(Sample.node(spec: "networks: [{ cvlan: o, addresses: [\"FD64::0001\", 10.0.0.1] }]")) == [
                "nonCanonicalText 5:38 (write `fd64::1`, safe, [\"\\\"fd64::1\\\"\"])"
            ])
        #expect(
            remarks(Sample.cvlan(spec: "cidrs: [fd64:0::/64]\nreserved: [fd64::0:1-fd64::2]")) == [
                "nonCanonicalText 5:11 (write `fd64::/64`, safe, [\"\\\"fd64::/64\\\"\"])",
                "nonCanonicalText 6:14 (write `fd64::1-fd64::2`, safe, [\"\\\"fd64::1-fd64::2\\\"\"])",
            ])
    }

    @Test func manifestsThatSayNothing() {
        #expect(remarks(Sample.node(spec: "role: relay")) == [])
        #expect(remarks(Sample.node(spec: "role: client")) == ["saysNothing 3:33"])
        #expect(remarks(Sample.policy(spec: "cvlan: office")) == ["saysNothing 3:33"])
    }

    private func rule(_ from: String, _ ports: String) -> String {
        Sample.policy(
            spec: "rules:\n  - action: allow\n    from: [\(from)]\n    to: [{ any: true }]\n    ports: \(ports)")
    }

    @Test func whatARuleSaysTwice() {
        #expect(remarks(rule("{ node: a }, { node: b }", "[tcp/443, udp/443, tcp/80-90, icmp]")) == [])
        #expect(remarks(rule("{ node: a }, { node: a }", "[icmp]")) == ["repeatedElement 7:35"])
        #expect(
            remarks(rule("{ node: a }", "[tcp/443, tcp/443]")) == [
                "repeatedElement 9:24 (remove `tcp/443`, safe, [\"\"])"
            ])
        #expect(
            remarks(rule("{ node: a }", "[tcp/443, tcp/400-500, udp/1-9]")) == [
                "repeatedElement 9:15 (remove `tcp/443`, safe, [\"\"])"
            ])
        #expect(remarks(rule("{ node: a }", "\n      - icmp\n      - icmp")) == ["repeatedElement 11:11"])
        #expect(
            remarks(rule("{ node: a }", "[tcp/5-5]")) == ["nonCanonicalText 9:15 (write `tcp/5`, safe, [\"tcp/5\"])"])
    }

    @Test func whatListsSayTwice() {
        #expect(
            remarks(Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\nreserved: [10.0.0.9, 10.0.0.9]")) == [
                "repeatedElement 6:24 (remove `10.0.0.9`, safe, [\"\"])"
            ])
        #expect(
            remarks(Sample.tenant(spec: "groups: [{ name: g, members: [{ any: true }, { any: true }] }]")) == [
                "repeatedElement 5:55"
            ])
    }

    @Test func manyPortsTakeNoTime() {
        let ports = (0..<40_000).map { "tcp/\($0 % 60_000 + 1)" }.joined(separator: ",")
        #expect(remarks(rule("{ node: a }", "[\(ports)]")) == [])
    }
}
