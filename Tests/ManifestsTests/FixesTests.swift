import Manifests
import Testing

/// What to write instead comes with the problem, in the syntax of the file.
struct FixesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        /// What is written, and whether that is safe.
        let fix: String?
        var path = "x.yaml"

        var testDescription: String { text }
    }

    private static func rule(_ port: String) -> String {
        Sample.policy(
            spec: "rules: [{ action: allow, from: [{ any: true }], to: [{ any: true }], ports: [\(port)] }]")
    }

    private static func network(_ field: String) -> String { Sample.cvlan(spec: "cidrs: [10.0.0.0/8]\n\(field)") }

    private static let cases: [Case] = [
        Case(text: Sample.node(spec: "networks: [{ cvlan: 123 }]"), fix: "safe \"123\""),
        Case(text: Sample.node(spec: "networks: [{ cvlan: true }]"), fix: "safe \"true\""),
        Case(text: Sample.node(spec: "networks: [{ cvlan: }]"), fix: nil),
        Case(text: Sample.node(spec: "networks: [{ cvlan: &a 123 }]"), fix: nil),
        Case(text: Sample.node(spec: "networks: [{ cvlan: Office }]"), fix: "suggested office"),
        Case(text: Sample.node(spec: "networks: [{ cvlan: 'My_Net' }]"), fix: "suggested 'my-net'"),
        Case(text: Sample.node(spec: "networks: [{ cvlan: \"A\\\n  B\" }]"), fix: nil),
        Case(text: Sample.node(spec: "role: Client"), fix: "safe client"),
        Case(text: Sample.node(spec: "role: \"Client\""), fix: "safe \"client\""),
        Case(text: Sample.node(spec: "role: gatewy"), fix: "suggested gateway"),
        Case(text: Sample.node(spec: "rolle: client"), fix: "suggested role"),
        Case(text: Sample.node(spec: "role: client\nrolle: client"), fix: nil),
        Case(text: Sample.node(spec: "expires: 2027-06-30"), fix: "suggested 2027-06-30T00:00:00Z"),
        Case(text: Sample.node(spec: "expires: 2027-06-30 10:00:00Z"), fix: "suggested 2027-06-30T10:00:00Z"),
        Case(text: Sample.node(spec: "expires: 2027-06-31"), fix: nil),
        Case(text: Sample.node(spec: "routes: [{ prefix: 10.1.0.7/24 }]"), fix: "suggested 10.1.0.0/24"),
        Case(text: Sample.node(spec: "routes: [{ prefix: 10.1.0.7 }]"), fix: "suggested 10.1.0.7/32"),
        Case(text: Sample.node(spec: "routes: [{ prefix: 10.1.0.0 }]"), fix: nil),
        Case(text: Sample.node(spec: "routes: [{ prefix: 10.1.0.0/24, priority: \"1\" }]"), fix: "safe 1"),
        Case(text: Sample.node(spec: "endpoints: [203.0.113.7]"), fix: "suggested \"203.0.113.7:51820\""),
        Case(text: Sample.node(spec: "endpoints: ['VPN.example.org:1']"), fix: "safe 'vpn.example.org:1'"),
        Case(text: Sample.node(spec: "endpoints:\n  - VPN.example.org:1"), fix: "safe vpn.example.org:1"),
        Case(text: network("mtu: '1420'"), fix: "safe 1420"),
        Case(text: network("keepalive: 25"), fix: "suggested 25s"),
        Case(text: network("keepalive: 25S"), fix: "safe 25s"),
        Case(text: network("keepalive: 25 sec"), fix: "suggested 25s"),
        Case(text: network("reserved: [10.0.0.7 - 10.0.0.9]"), fix: "suggested 10.0.0.7-10.0.0.9"),
        Case(text: network("reserved: [10.0.0.9-10.0.0.7]"), fix: "suggested 10.0.0.7-10.0.0.9"),
        Case(text: rule("TCP/443"), fix: "safe tcp/443"),
        Case(text: rule("443"), fix: "suggested tcp/443"),
        Case(text: rule("443/udp"), fix: "suggested udp/443"),
        Case(text: rule("'tcp:443'"), fix: "suggested 'tcp/443'"),
        Case(text: rule("icmpv6"), fix: "suggested icmp"),
        Case(text: rule("http"), fix: nil),
        Case(text: "apiVersion: cvlan/v1\nkind: Node", fix: "suggested cvlan.io/v1"),
        Case(text: "apiVersion: cvlan.io/v2\nkind: Node", fix: nil),
        Case(text: "apiVersion: cvlan.io/v1\nkind: node", fix: "safe Node"),
        Case(text: "apiVersion: cvlan.io/v1\nkind: Nodes", fix: "suggested Node"),
        Case(
            text:
                "{\"apiVersion\": \"cvlan.io/v1\", \"kind\": \"Node\", \"metadata\": {\"tenant\": \"a\", \"name\": 7}}",
            fix: "safe \"7\"", path: "x.json"),
        Case(
            text: "{\"apiVersion\": \"cvlan.io/v1\", \"kind\": \"node\"}", fix: "safe \"Node\"", path: "x.json"),
    ]

    @Test(arguments: cases)
    func whatToWriteIsKnown(_ test: Case) {
        let fixes = load(test.text, path: test.path).problems.flatMap(\.fixes)
        #expect(fixes.map { "\($0.safety) \($0.edits.map(\.text).joined())" } == (test.fix.map { [$0] } ?? []))
    }
}
