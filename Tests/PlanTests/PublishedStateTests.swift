import GitRepository
import Manifests
import OverlayNetwork
import Plan
import TestRepository
import Testing

/// Plans carry on what the controller has published.
struct PublishedStateTests {
    /// Publishes a commit as the controller would, on a branch or at origin.
    private func publish(
        _ commit: ObjectID, in test: TestRepository, after previous: PublishedState = .none,
        at reference: String = "refs/heads/cvlan-state"
    ) async throws -> PublishedState {
        let source = try #require(SourceCommit("\(commit)"))
        let manifests = try await test.manifests(of: commit)
        let tenants = try manifests.tenants.mapValues { tenant in
            try CompiledTenant(
                TenantInput(
                    manifests: tenant, sourceCommit: source, previous: previous.tenants[tenant.name], time: now,
                    height: previous.height + 1)
            ).state
        }
        let change = StateChange(from: previous, tenants: tenants, sourceCommit: source, evaluationTime: now)
        let state = try await test.commit(bytes: change.next.files.mapValues { $0 }, on: "scratch-state")
        try test.setReference(reference, to: "\(state)")
        return change.next
    }

    @Test func aNodeKeepsItsAddressThoughALowerOneIsFree() async throws {
        let test = try TestRepository()
        let first = try await test.commit(Acme.files)
        let state = try await publish(first, in: test)
        let second = try await test.commit(["tenants/acme/nodes/ann.yaml": nil, "tenants/acme/policies.yaml": nil])
        _ = try await publish(second, in: test, after: state)
        try await test.commit(
            ["tenants/acme/nodes/abe.yaml": Acme.node("abe", "office", labels: "team: eng", key: "e")])
        let plan = try await test.plan("main~1..main")
        #expect(plan.published == .current(branch: "cvlan-state", height: 2))
        // Ben has the second address, and so the first is given away.
        #expect(plan.tenants.first?.networks.first?.addresses.map(\.node) == ["abe"])
        #expect(plan.tenants.first?.networks.first?.addresses.first?.new == ["10.100.0.1", "fd64:100::1"])
    }

    @Test func aStateThatLagsIsCarriedOnAndSaidSo() async throws {
        let test = try TestRepository()
        let first = try await test.commit(Acme.files)
        _ = try await publish(first, in: test, at: "refs/remotes/origin/cvlan-state")
        try await test.commit(
            ["tenants/acme/nodes/abe.yaml": Acme.node("abe", "office", labels: "team: eng", key: "e")])
        try await test.commit(
            ["tenants/acme/nodes/aby.yaml": Acme.node("aby", "office", labels: "team: eng", key: "f")])
        let plan = try await test.plan("main~1..main")
        #expect(
            plan.published
                == .other(branch: "origin/cvlan-state", height: 1, source: "\(first)", files: 1))
        #expect(plan.tenants.first?.networks.first?.addresses.first?.new == ["10.100.0.5", "fd64:100::5"])
    }

    @Test func aBaseThatIsHeldBackIsNotWhatIsInForce() async throws {
        let test = try TestRepository()
        let good = try await test.commit(Acme.files)
        _ = try await publish(good, in: test)
        let path = "tenants/acme/nodes/new.yaml"
        try await test.commit([path: Acme.node("new", "ofice", labels: "app: x", key: "n")])
        try await test.commit([path: Acme.node("new", "office", labels: "app: x", key: "n")])
        let plan = try await test.plan("main~1..main")
        let tenant = try #require(plan.tenants.first)
        #expect(tenant.inForceBefore == "\(good)")
        #expect(tenant.resources.map(\.action) == [.create])
        #expect(tenant.nodes == NodeTotals(reconfigured: 4, new: 1, removed: 0))
    }

    @Test func anAutomaticNetworkKeepsItsPrefix() async throws {
        let test = try TestRepository()
        let first = try await test.commit(Acme.files)
        _ = try await publish(first, in: test)
        let network = """
            apiVersion: cvlan.io/v1
            kind: CVLAN
            metadata: { tenant: acme, name: aaa }
            spec: { auto: { v4: 24 } }
            """
        try await test.commit(["aaa.yaml": network])
        let plan = try await test.plan("main~1..main")
        #expect(plan.tenants.first?.networks.map(\.name) == ["aaa"])
        #expect(plan.tenants.first?.networks.first?.new?.prefixes == ["10.64.1.0/24"])
    }
}
