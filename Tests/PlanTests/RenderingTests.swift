import Foundation
import Lint
import Plan
import TestRepository
import Testing

/// How one change with something of everything is shown.
struct RenderingTests {
    private func rich() async throws -> ChangePlan {
        let test = try TestRepository()
        try await test.commit(Acme.files)
        let policies = try #require(Acme.files["tenants/acme/policies.yaml"])
        let networks = try #require(Acme.files["tenants/acme/networks.yaml"])
        try await test.commit([
            "tenants/acme/nodes/cid.yaml": Acme.node("cid", "office", labels: "team: eng", key: "c"),
            "tenants/acme/nodes/ben.yaml": Acme.node("ben", "lab", labels: "team: eng", key: "b"),
            "tenants/acme/nodes/gw.yaml": nil,
            "tenants/acme/nodes/rig.yaml": nil,
            "tenants/acme/policies.yaml": policies.replacing("[tcp/5432]", with: "[tcp/5432, icmp]"),
            "tenants/acme/networks.yaml": networks.replacing("[10.100.0.0/24, ", with: "[10.100.0.0/23, "),
            "tenants/other/all.yaml": nil,
        ])
        return try await test.plan("main~1..main")
    }

    /// Devices that speak IPsec, all that is said of them, and the secret of one.
    private func ipsec() async throws -> ChangePlan {
        let test = try TestRepository()
        let files = Acme.files.merging(Devices.files) { $1 }
        try await test.commit(files)
        try await test.commit(Devices.changes)
        return try await test.plan("main~1..main")
    }

    @Test(arguments: ["txt", "md", "json"]) func aPlanIsShownAsItWas(format: String) async throws {
        try expect(try await rich(), as: "rich", format)
    }

    @Test(arguments: ["txt", "md", "json"]) func aPlanOfIPsecIsShownAsItWas(format: String) async throws {
        try expect(try await ipsec(), as: "ipsec", format)
    }

    /// Ids of commits are the same in every run, as author and time are.
    private func expect(_ plan: ChangePlan, as name: String, _ format: String) throws {
        let shown =
            switch format {
            case "txt": TextPlan(plan).text
            case "md": MarkdownPlan(plan).text
            default: JSONPlan(plan).text
            }
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).\(format)")
        if ProcessInfo.processInfo.environment["CVLAN_WRITE_GOLDEN"] != nil {
            try shown.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(shown == expected)
    }

    @Test func asJSON() async throws {
        let plan = try await rich()
        let text = JSONPlan(plan).text
        #expect(text == JSONPlan(plan).text)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(
            document.keys.sorted() == [
                "base", "findings", "head", "published", "summary", "tenants", "time", "version",
            ])
        let summary = try #require(document["summary"] as? [String: Any])
        #expect(summary["create"] as? Int == 1)
        #expect(summary["delete"] as? Int == 4)
        #expect(summary["isDestructive"] as? Bool == true)
        let tenants = try #require(document["tenants"] as? [[String: Any]])
        #expect(tenants.map { $0["name"] as? String } == ["acme", "other"])
        let prune = try #require(tenants.first?["prune"] as? [String: Any])
        #expect(prune["missingTrailers"] as? [String] == ["Allow-Prune: acme/lab"])
    }

    @Test func textOfManifestsCannotBecomeMarkup() async throws {
        let test = try TestRepository()
        try await test.commit(Acme.files)
        let hostile = #"` </details> <script>|@team #1 ![x](http://x) **b** `` \u0007\u001b[31m"#
        let tenant = try #require(Acme.files["tenants/acme/tenant.yaml"])
        try await test.commit([
            "tenants/acme/tenant.yaml": tenant.replacing("spec:", with: "spec:\n  displayName: \"\(hostile)\"")
        ])
        let plan = try await test.plan("main~1..main")
        #expect(plan.findings.isEmpty)
        let row = try #require(
            MarkdownPlan(plan).text.split(separator: "\n").first { $0.contains("spec.displayName") })
        // One code span holds all of it, in one cell.
        #expect(row.contains(#"``` ` </details> <script>\|@team #1 ![x](http://x) **b** `` ␇␛[31m ```"#))
        #expect(!TextPlan(plan).text.contains("\u{1B}"))
        #expect(TextPlan(plan, TextStyle(isColored: true, width: 80)).text.contains("\u{1B}[1;33m"))
    }

    @Test(arguments: [1000, 3000, 10_000, 65_536, 1 << 20]) func aCommentKeepsToItsLength(limit: Int) async throws {
        let test = try TestRepository()
        try await test.commit(Acme.files)
        var files: [String: String] = [:]
        for number in 0..<200 {
            let key = String(number % 10) + String(number / 10 % 10) + String(number / 100)
            files["n\(number).yaml"] = Acme.node("n\(number)", "office", labels: "team: eng", key: "a")
                .replacing(String(repeating: "a", count: 42), with: key + String(repeating: "b", count: 39))
        }
        try await test.commit(files)
        let text = MarkdownPlan(try await test.plan("main~1..main"), limit: limit).text
        #expect(text.utf8.count <= limit)
        #expect(text.contains("left out") == (limit <= 65_536))
        #expect(text.contains("**Plan: 200 to create"))
        #expect(
            text.split(separator: "\n").count { $0.hasPrefix("<details") }
                == text.split(separator: "\n").count { $0 == "</details>" })
    }
}
