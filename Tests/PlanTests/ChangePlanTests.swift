import Lint
import Manifests
import OverlayNetwork
import Plan
import TestRepository
import Testing

/// What plans say of small changes.
struct ChangePlanTests {
    /// The text of a plan from `Acme` to what the files make of it, without its first line and notes.
    private func plan(
        _ changes: [String: String?], at time: Timestamp = now, from start: [String: String] = Acme.files
    ) async throws -> (plan: ChangePlan, text: [String]) {
        let test = try TestRepository()
        try await test.commit(start)
        try await test.commit(changes)
        let plan = try await test.plan("main~1..main", at: time)
        let text = TextPlan(plan).text.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("Note: ") }
        return (plan, text.map(String.init))
    }

    private func edited(_ path: String, _ old: String, _ new: String) throws -> [String: String?] {
        let text = try #require(Acme.files[path])
        #expect(text.contains(old))
        return [path: text.replacing(old, with: new)]
    }

    @Test func aNodeJoins() async throws {
        let (plan, text) = try await plan(
            ["tenants/acme/nodes/cid.yaml": Acme.node("cid", "office", labels: "team: eng", key: "c")])
        #expect(plan.exit == .changes)
        #expect(plan.totals == NodeTotals(reconfigured: 4, new: 1, removed: 0))
        #expect(text.contains("    + office  cid  10.100.0.4, fd64:100::4  (allocated)"))
        #expect(text.contains("    ~ office  3 nodes  peers +1, address sets ~1: ann, ben, db"))
        #expect(
            text.last
                == "Plan: 1 to create, 0 to change, 0 to delete; 4 nodes get a new configuration; 1 flow opens, 0 close"
        )
    }

    @Test func whatIsOnlyMovedOrWrittenOtherwiseIsNoChange() async throws {
        var files: [String: String?] = ["tenants/acme/nodes/ann.yaml": nil, "tenants/acme/nodes/ben.yaml": nil]
        files["people.yaml"] =
            "# moved\n" + Acme.node("ben", "office", labels: "team: eng", key: "b") + "\n---\n\n"
            + Acme.node("ann", "office", labels: "team: eng", key: "a")
        files["tenants/other/README.md"] = "nothing"
        let (plan, text) = try await plan(files)
        #expect(plan.exit == .noChange)
        #expect(plan.tenants.isEmpty)
        #expect(text.last == "No changes.")
    }

    @Test func aRuleChangesFieldByField() async throws {
        let (plan, text) = try await plan(
            try edited("tenants/acme/policies.yaml", "[tcp/5432]", "[tcp/5432, tcp/5433]"))
        let change = try #require(plan.tenants.first?.resources.first)
        #expect(change.fields.map(\.path) == ["spec.rules[engineers].ports"])
        #expect(change.fields.first?.new == .list(["tcp/5432", "tcp/5433"]))
        #expect(change.fields.first?.newSpan?.line == 11)
        #expect(text.contains("        ~ spec.rules[engineers].ports: +tcp/5433"))
        #expect(text.contains("    ~ office  3 nodes  rules ~1: ann, ben, db"))
    }

    @Test func aLabelThatNoRuleSelectsReconfiguresNobody() async throws {
        let (plan, _) = try await plan(try edited("tenants/acme/nodes/rig.yaml", "app: rig", "app: rig, floor: third"))
        #expect(plan.exit == .changes)
        #expect(plan.totals == .none)
        #expect(plan.tenants.first?.resources.first?.fields.map(\.path) == ["metadata.labels[floor]"])
    }

    @Test func aLabelThatARuleSelectsChangesAnAddressSet() async throws {
        let (plan, text) = try await plan(try edited("tenants/acme/nodes/ben.yaml", "team: eng", "team: ops"))
        #expect(plan.totals.reconfigured == 3)
        #expect(text.contains("        ~ metadata.labels[team]: eng → ops"))
        #expect(text.contains("    ~ office  3 nodes  address sets ~1: ann, ben, db"))
    }

    @Test func aGroupConcernsTheNetworksOfRulesThatNameIt() async throws {
        let (plan, text) = try await plan(
            try edited(
                "tenants/acme/tenant.yaml", "{ labels: { team: eng } }", "{ labels: { team: eng } }, { node: rig }"))
        #expect(plan.tenants.first?.networks.isEmpty == true)
        #expect(text.contains("        ~ spec.groups[engineering].members: +node:rig"))
        let ben = try await self.plan(
            try edited("tenants/acme/tenant.yaml", "{ labels: { team: eng } }", "{ node: ann }"))
        #expect(ben.plan.totals.reconfigured == 3)
    }

    @Test func aTenantThatIsDeletedStandsOutAndNeedsATrailer() async throws {
        let deleted = Dictionary(
            uniqueKeysWithValues: Acme.files.keys.filter { $0.contains("/acme/") }.map { ($0, String?.none) })
        let test = try TestRepository()
        try await test.commit(Acme.files)
        try await test.commit(deleted)
        let plan = try await test.plan("main~1..main")
        let tenant = try #require(plan.tenants.first)
        #expect(tenant.destruction == [.tenantDeleted(networks: 2, nodes: 5)])
        #expect(tenant.prune.missingTrailers == ["Allow-Prune: acme"])
        #expect(plan.totals == NodeTotals(reconfigured: 0, new: 0, removed: 5))

        try await test.commit(["README.md": "x"], message: "prune acme\n\nAllow-Prune: acme\n")
        let allowed = try await test.plan("main~2..main")
        #expect(allowed.tenants.first?.prune.losses.count == 1)
        #expect(allowed.tenants.first?.prune.refused == [])
    }

    @Test func aRenumberedNetworkIsDestructive() async throws {
        let (plan, text) = try await plan(try edited("tenants/acme/networks.yaml", "10.100.0.0/24", "10.101.0.0/24"))
        let tenant = try #require(plan.tenants.first)
        #expect(
            tenant.destruction == [
                .networkRenumbered(
                    "office", old: ["10.100.0.0/24", "fd64:100::/64"], new: ["10.101.0.0/24", "fd64:100::/64"]),
                .nodesReaddressed(network: "office", nodes: ["ann", "ben", "db"]),
            ])
        #expect(text.contains("    ~ office  ann  10.100.0.1, fd64:100::1 → 10.101.0.1, fd64:100::1  (allocated)"))
    }

    @Test func aNodeThatLeavesOneOfItsNetworksKeepsAConfiguration() async throws {
        var files = Acme.files
        files["tenants/acme/nodes/ann.yaml"] = files["tenants/acme/nodes/ann.yaml"]?.replacing(
            "[{ cvlan: office }]", with: "[{ cvlan: office }, { cvlan: lab }]")
        let (plan, text) = try await plan(
            ["tenants/acme/nodes/ann.yaml": Acme.files["tenants/acme/nodes/ann.yaml"]], from: files)
        #expect(plan.tenants.first?.destruction == [.nodeLeaves("ann", network: "lab")])
        #expect(plan.totals == NodeTotals(reconfigured: 3, new: 0, removed: 0))
        #expect(text.contains("        - spec.networks[lab]: address allocated"))
    }

    @Test func aHeadThatDoesNotLintChangesNothing() async throws {
        var files = try edited("tenants/acme/nodes/ben.yaml", "team: eng", "team: ops")
        files["tenants/acme/nodes/new.yaml"] = Acme.node("new", "ofice", labels: "app: x", key: "n")
        let (plan, text) = try await plan(files)
        #expect(plan.exit == .failure)
        #expect(plan.tenants.map(\.name) == ["acme"])
        #expect(plan.tenants.first?.findings.map(\.code) == [.unknownNetwork])
        #expect(plan.tenants.first?.networks.isEmpty == true)
        #expect(text.first == "The head does not hold for tenant acme: nothing changes for it.")
    }

    @Test func aPolicyTestThatFailsHoldsTheTenantBack() async throws {
        let (plan, _) = try await plan(try edited("tenants/acme/policies.yaml", "[tcp/5432]", "[tcp/5433]"))
        #expect(plan.exit == .failure)
        #expect(plan.tenants.first?.findings.map(\.code) == [.policyTestFails])
    }

    @Test func aNodeExpiresByTheChangeAlone() async throws {
        let expiring = Acme.node("ben", "office", labels: "team: eng", key: "b", "  expires: 2025-01-01T00:00:00Z")
        let before = try #require(Timestamp("2024-06-01T00:00:00Z"))
        let early = try await plan(["tenants/acme/nodes/ben.yaml": expiring], at: before)
        #expect(early.plan.totals == .none)
        let late = try await plan(["tenants/acme/nodes/ben.yaml": expiring])
        #expect(late.plan.tenants.first?.destruction == [.nodeRemoved("ben")])
        // Time alone is no change.
        var files = Acme.files
        files["tenants/acme/nodes/ben.yaml"] = expiring
        let (unrelated, _) = try await plan(["README.md": "x"], from: files)
        #expect(unrelated.exit == .noChange)
    }

    @Test func theWorkingTreeIsComparedAsItIs() async throws {
        let test = try TestRepository()
        try await test.commit(Acme.files)
        for (path, text) in Acme.files { try test.write(path, text) }
        let planner = ChangePlanner(test.repository, at: now)
        #expect(try await planner.planWorkingTree().exit == .noChange)
        try test.write("untracked.yaml", Acme.node("cid", "office", labels: "team: eng", key: "c"))
        test.remove("tenants/acme/nodes/db.yaml")
        let plan = try await planner.planWorkingTree(against: "main")
        #expect(plan.head.isWorkingTree)
        #expect(plan.tenants.first?.resources.map(\.action) == [.create, .delete])
        #expect(plan.tenants.first?.resources.first?.span.description == "untracked.yaml:3:33")
    }
}
