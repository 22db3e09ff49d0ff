import Foundation
import Lint
import Manifests
import Testing

struct LinterTests {
    @Test func findingsAreSortedByPlaceAndPrintedForEditors() {
        let bad = "{ apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: acme, name: N }, spec: { role: x } }"
        let findings = lint([("b.yaml", bad), ("a.yaml", bad), ("tenant.yaml", "kind: Tenant")])
        #expect(
            findings.map { $0.description.prefix(24) } == [
                "a.yaml:1:72: error[CV008", "a.yaml:1:91: error[CV007", "b.yaml:1:72: error[CV008",
                "b.yaml:1:91: error[CV007",
                "tenant.yaml:1:1: error[C", "tenant.yaml:1:1: error[C",
            ])
    }

    /// A bad tenant must not hold back others, so each finding says whose it is.
    @Test func findingsBelongToTheirTenant() {
        func tenant(_ name: String) -> String {
            "--- { apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: \(name) } }\n"
        }
        func node(_ tenant: String, _ cvlan: String) -> String {
            "--- { apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: \(tenant), name: pc }, spec: { networks: [{ cvlan: \(cvlan) }] } }\n"
        }
        let findings = lint([
            ("a.yaml", tenant("good") + tenant("bad") + node("bad", "nowhere") + node("nobody", "x")),
            ("tenants/worse/x.yaml", "]"), ("x.yaml", "]"),
        ])
        #expect(findings.map(\.tenant) == ["bad", "nobody", "worse", nil])
        #expect(findings.map(\.code) == [.unknownNetwork, .unknownTenant, .syntax, .syntax])
    }

    @Test func sameNamesInTwoTenantsAreFine() {
        func documents(_ tenant: String) -> String {
            """
            --- { apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: \(tenant) } }
            --- { apiVersion: cvlan.io/v1, kind: CVLAN, metadata: { tenant: \(tenant), name: x }, spec: { cidrs: [10.0.0.0/24] } }
            --- { apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: \(tenant), name: pc }, spec: { networks: [{ cvlan: x, addresses: [10.0.0.1] }] } }

            """
        }
        #expect(lint([("x.yaml", documents("a") + documents("b"))]) == [])
    }

    @Test func theSameManifestsGiveTheSameFindings() {
        let files = (0..<50).map {
            (path: "\($0).yaml", text: "{ apiVersion: cvlan.io/v1, kind: Node, metadata: { tenant: t, name: pc } }")
        }
        let tenant = (path: "t.yaml", text: "{ apiVersion: cvlan.io/v1, kind: Tenant, metadata: { name: t } }")
        let findings = lint(files + [tenant])
        #expect(findings.count { $0.code == .duplicateName } == 49)
        for _ in 0..<5 { #expect(lint((files + [tenant]).shuffled()) == findings) }
    }

    @Test func codesAreStable() {
        let codes: [String] = FindingCode.allCases.map(\.rawValue)
        #expect(codes == codes.sorted() && Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0.count == 5 && $0.hasPrefix("CV") })
        #expect(FindingCode.syntax.rawValue == "CV001")
        #expect(FindingCode.unreadable.rawValue == "CV016")
        #expect(FindingCode.unknownTenant.rawValue == "CV101")
        #expect(FindingCode.groupCycle.rawValue == "CV115")
        #expect(Set(ManifestProblem.Kind.allCases.map { FindingCode($0) }).count == ManifestProblem.Kind.allCases.count)
    }

    @Test func whatTimeAloneBringsHoldsNobodyBack() {
        for code in [FindingCode.expired, .expiresSoon, .reservedAddress, .networkNearlyFull] {
            #expect(!code.holdsBack && code.severity == .warning)
        }
    }

    @Test func onlyWhatIsCarriedOutCanBeIgnored() {
        for code in FindingCode.allCases where code.canBeIgnored { #expect(!code.holdsBack) }
        #expect(!FindingCode.plainSecret.holdsBack && FindingCode.plainSecret.severity == .error)
        #expect(!FindingCode.unusedIgnore.canBeIgnored && FindingCode.unusedIgnore.severity == .warning)
    }

    @Test func summaryCounts() {
        let findings = lint([("x.yaml", "]")])
        #expect(LintSummary(files: 1, findings: findings).description == "1 file: 1 error, 0 warnings")
        #expect(LintSummary(files: 2, findings: []).description == "2 files: clean")
    }

    @Test func theExamplesAreClean() throws {
        let examples = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("examples/quickstart/repo")
        let files = try FolderReader().read(examples.path)
        #expect(files.flatMap(\.resources).count == 5)
        #expect(Linter(at: now).findings(in: ManifestSet(files: files)) == [])
    }
}
