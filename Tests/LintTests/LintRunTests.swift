import Foundation
import Lint
import Manifests
import Testing

struct LintRunTests {
    private static let tenant = "{ apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: acme } }"
    private static let expired =
        "{ apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: acme, name: pc }, spec: { role: relay, expires: 2020-01-01T00:00:00Z } }"

    @Test func cleanManifestsExitWith0() throws {
        let folder = try Folder(["tenant.yaml": Self.tenant])
        let run = try lintRun([folder.path])
        #expect(run.exit.rawValue == 0)
        #expect(run.report.findings == [])
        #expect("\(run.report.summary)" == "1 file: clean")
    }

    @Test func warningsAloneExitWith0() throws {
        let folder = try Folder(["tenant.yaml": Self.tenant, "n.yaml": Self.expired])
        let run = try lintRun([folder.path])
        #expect(run.exit.rawValue == 0)
        #expect("\(run.report.summary)" == "2 files: 0 errors, 1 warning")
    }

    @Test func errorsExitWith1AndAreNamedByTheGivenPath() throws {
        let folder = try Folder(["a/x.yaml": Self.tenant.replacing("acme", with: "A")])
        let run = try lintRun([folder.path + "//"])
        #expect(run.exit.rawValue == 1)
        #expect(run.report.findings.count == 1)
        #expect(
            run.report.findings.first?.description.hasPrefix("\(folder.path)/a/x.yaml:1:60: error[CV008]: ") == true)
        #expect("\(run.report.summary)" == "1 file: 1 error, 0 warnings; --fix=suggested mends 1")
    }

    private static func office(_ cidr: String, _ more: String...) -> [String: String] {
        let documents = [
            tenant,
            "{ apiVersion: cvlan.io/v1, kind: CVLAN, metadata: { tenant: acme, name: office }, spec: { cidrs: [\(cidr)] } }",
            node("a"), node("b"),
        ]
        return ["net.yaml": (documents + more).joined(separator: "\n---\n")]
    }

    private static func node(_ name: String) -> String {
        "{ apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: acme, name: \(name) }, spec: { networks: [{ cvlan: office }] } }"
    }

    private static func policy(expect: String) -> String {
        """
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: web }
        spec:
          rules: [{ action: allow, from: [{ node: a }], to: [{ node: b }], ports: [tcp/443] }]
          tests:
            - { from: { node: a }, to: { node: b }, port: tcp/443, expect: \(expect) }
        """
    }

    @Test func policyTestThatHoldsIsNoFinding() throws {
        let folder = try Folder(Self.office("10.1.0.0/24", Self.policy(expect: "allow")))
        #expect(try lintRun([folder.path]).report.findings == [])
    }

    @Test func policyTestThatFailsIsNamedByItsLine() throws {
        let folder = try Folder(Self.office("10.1.0.0/24", Self.policy(expect: "deny")))
        let run = try lintRun([folder.path])
        #expect(run.exit == .findings)
        #expect(run.report.findings.map(\.code) == [.policyTestFails])
        #expect(
            run.report.findings.first?.description.hasPrefix("\(folder.path)/net.yaml:15:7: error[CV118]: ") == true)
    }

    @Test func networkWithoutRoomIsAnError() throws {
        // Two addresses, both free, for three nodes.
        let folder = try Folder(Self.office("10.1.0.0/30", Self.node("c")))
        let run = try lintRun([folder.path])
        #expect(run.report.findings.map(\.code) == [.cannotBeCarriedOut])
    }

    @Test func aPathThatIsNotThereIsAnError() {
        #expect {
            try lintRun(["/no/such/path"])
        } throws: { error in
            "\(error)" == "/no/such/path: No such file or directory"
        }
    }

    @Test func aFolderWithoutManifestsExitsWith3() throws {
        let folder = try Folder(["README.md": "no manifest", ".git/x.yaml": Self.tenant])
        #expect(try lintRun([folder.path]).exit.rawValue == 3)
    }

    @Test func aFileThatIsNamedTwiceIsReadOnce() throws {
        let folder = try Folder(["tenant.yaml": Self.tenant])
        let run = try lintRun([folder.path, folder.path + "/tenant.yaml"])
        #expect(run.report.findings == [])
        #expect("\(run.report.summary)" == "1 file: clean")
    }
}
