import Controllers
import Foundation
import Reconciling
import Testing
import WireFormat

/// The reconcile loop on real repositories, step by step.
struct ReconcileTests {
    @Test func publishesAConfigForEveryNodeAndCommitsTheState() async throws {
        let git = try await GitServer()
        let main = try await git.commit(Fleet().files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()

        let publication = try #require(service.board.current)
        #expect(publication.height == 1)
        #expect(publication.sourceCommit.description == main)
        #expect(publication.nodes.keys.map(\.description).sorted() == ["acme/gw", "acme/laptop"])
        let config = try WireNodeConfig(
            serializedBytes: try #require(publication.nodes[NodeKey(tenant: "acme", node: "laptop")]).payload)
        #expect(config.generation == 1)
        #expect(config.sourceCommit == main)
        #expect(config.networks.map(\.cvlan) == ["office"])
        #expect(service.status.current.phase == .inForce)

        let message = try await git.bareGit("log", "-1", "--format=%an <%ae> %at %ct%n%B", "cvlan-state")
        #expect(message.hasPrefix("cvlan-controller <controller@acme.example> 1790000000 1790000000\nstate: 1 from "))
        #expect(message.contains("Source-Commit: \(main)"))
        let files = try await git.bareGit("ls-tree", "-r", "--name-only", "cvlan-state").split(separator: "\n")
        #expect(files == ["roots/1.dsse", "state.json", "tenants/acme/cvlans/office.json", "tenants/acme/tenant.json"])
    }

    @Test func aCommitThatChangesNoManifestMakesNoStateCommit() async throws {
        let git = try await GitServer()
        try await git.commit(Fleet().files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        let state = try await git.bareGit("rev-parse", "cvlan-state")
        let main = try await git.commit(["README.md": "hello"])
        await service.loop.step()
        #expect(service.board.current?.sourceCommit.description == main)
        #expect(try await git.bareGit("rev-parse", "cvlan-state") == state)
    }

    @Test func aChangeMovesOnlyTheGenerationsOfTheNodesItConcerns() async throws {
        let (acme, globex) = (Fleet("acme"), Fleet("globex"))
        let git = try await GitServer()
        try await git.commit(acme.files.merging(globex.files) { a, _ in a })
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        let before = try controller.envelopes(service)
        try await git.commit(["tenants/acme/policies/ssh.yaml": acme.policy(port: "tcp/2222")])
        await service.loop.step()
        let publication = try #require(service.board.current)
        #expect(publication.height == 2)
        for (key, node) in publication.nodes {
            #expect(node.generation == (key.tenant == "acme" ? 2 : 1))
            #expect((try controller.envelopes(service)[key] == before[key]) == (key.tenant == "globex"))
        }
    }

    @Test func aBadCommitKeepsTheLastGoodStateAndNamesTheLine() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        let good = try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        let before = try controller.envelopes(service)
        let bad = try await git.commit([
            "tenants/acme/nodes/laptop.yaml": fleet.node("laptop", fleet.clientKey.publicKey) + "  colour: blue\n"
        ])
        await service.loop.step()
        let status = service.status.current
        #expect(status.phase == .heldBack)
        #expect(status.sourceCommit == bad)
        let tenant = try #require(status.tenants["acme"])
        #expect(tenant.phase == .heldBack)
        #expect(tenant.sourceCommit == good)
        #expect(tenant.errors.contains { $0.hasPrefix("tenants/acme/nodes/laptop.yaml:9:3: error[") })
        #expect(try controller.envelopes(service) == before)
    }

    @Test func aBadTenantDoesNotHoldBackTheOthers() async throws {
        let (acme, globex) = (Fleet("acme"), Fleet("globex"))
        let git = try await GitServer()
        try await git.commit(acme.files.merging(globex.files) { a, _ in a })
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        try await git.commit([
            "tenants/acme/nodes/laptop.yaml": "kind: [\n",
            "tenants/globex/policies/ssh.yaml": globex.policy(port: "tcp/2222"),
        ])
        await service.loop.step()
        let status = service.status.current
        #expect(status.tenants["acme"]?.phase == .heldBack)
        #expect(status.tenants["globex"]?.phase == .inForce)
        let nodes = try #require(service.board.current).nodes
        #expect(nodes[NodeKey(tenant: "acme", node: "laptop")]?.generation == 1)
        #expect(nodes[NodeKey(tenant: "globex", node: "laptop")]?.generation == 2)

        // Held back after a restart too, when the last good manifests are in no memory.
        let again = try TestController(replicaOf: controller)
        let restarted = try again.service()
        await restarted.loop.step()
        #expect(try again.envelopes(restarted) == controller.envelopes(service))
        #expect(restarted.status.current.tenants["acme"]?.phase == .heldBack)
    }

    @Test func whatNobodyCanBeBlamedForHoldsBackTheCommit() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        try await git.commit([
            "stray.yaml": "a: [\n", "tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/2222"),
        ])
        await service.loop.step()
        #expect(service.status.current.errors.contains { $0.hasPrefix("stray.yaml:") })
        #expect(service.board.current?.height == 1)
        try await git.commit(["stray.yaml": nil])
        await service.loop.step()
        #expect(service.status.current.phase == .inForce)
        #expect(service.board.current?.height == 2)
    }

    @Test func aMisspeltTenantHoldsBackTheOneThatTheNodeIsTakenFrom() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        let text = fleet.node("laptop", fleet.clientKey.publicKey).replacing("tenant: acme", with: "tenant: acmee")
        try await git.commit(["tenants/acme/nodes/laptop.yaml": text])
        await service.loop.step()
        #expect(service.status.current.tenants["acme"]?.phase == .heldBack)
        #expect(service.board.current?.nodes[NodeKey(tenant: "acme", node: "laptop")] != nil)
    }

    @Test func aPolicyTestThatFailsHoldsBackItsTenant() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        let tests = """

              tests:
                - { from: { node: laptop }, to: { node: gw }, port: tcp/80, expect: allow }
            """
        try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/22") + tests])
        await service.loop.step()
        let tenant = try #require(service.status.current.tenants["acme"])
        #expect(tenant.phase == .heldBack)
        #expect(tenant.errors.contains { $0.hasPrefix("tenants/acme/policies/ssh.yaml:8:7: error[policy-test]") })
    }

    @Test func losingTheCacheLosesNothing() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        for index in 0..<12 {
            try await git.commit(["tenants/acme/nodes/n\(index).yaml": fleet.node("n\(index)", nil)])
            if index % 3 == 0 { try await git.commit(["tenants/acme/nodes/n\(index / 2).yaml": nil]) }
            await service.loop.step()
        }
        let envelopes = try controller.envelopes(service)
        #expect(Set(try #require(service.board.current).nodes.values.map(\.generation)).count > 1)
        let again = try TestController(replicaOf: controller)
        #expect(!FileManager.default.fileExists(atPath: again.directory.cacheFile))
        let restarted = try again.service()
        await restarted.loop.step()
        #expect(try again.envelopes(restarted) == envelopes)
        #expect(restarted.board.current?.stateCommit == service.board.current?.stateCommit)
    }

    @Test func twoControllersOnOneRepositoryPublishTheSameAndDoNotFight() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let first = try TestController(git.bare)
        let second = try TestController(replicaOf: first)
        let (a, b) = (try first.service(), try second.service())
        for index in 0..<6 {
            try await git.commit(["tenants/acme/nodes/n\(index).yaml": fleet.node("n\(index)", nil)])
            async let stepA = a.loop.step()
            async let stepB = b.loop.step()
            _ = await (stepA, stepB)
            // Who was late has to look once more.
            await a.loop.step()
            await b.loop.step()
            #expect(try first.envelopes(a) == second.envelopes(b))
            #expect(a.board.current?.stateCommit == b.board.current?.stateCommit)
        }
        let heights = try await git.bareGit("rev-list", "--count", "cvlan-state")
        #expect(heights == "6")
    }

    @Test func anExpiredNodeLeavesWithoutACommit() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        var files = fleet.files
        files["tenants/acme/nodes/guest.yaml"] = fleet.node("guest", nil, expires: "2026-12-01T00:00:00Z")
        try await git.commit(files, date: 1_780_000_000)
        let clock = TestClock(try Date("2026-11-30T23:59:59Z", strategy: .iso8601))
        let controller = try TestController(git.bare)
        let service = try controller.service(clock: clock)
        await service.loop.step()
        let guest = NodeKey(tenant: "acme", node: "guest")
        #expect(service.board.current?.nodes[guest] != nil)
        clock.set(try Date("2026-12-01T00:00:00Z", strategy: .iso8601))
        await service.loop.step()
        #expect(service.board.current?.nodes[guest] == nil)
        #expect(service.board.current?.height == 2)
        #expect(service.status.current.evaluationTime == "2026-12-01T00:00:00Z")

        // A replica whose clock is behind sees the state of the first, and publishes no other.
        let late = try TestController(replicaOf: controller)
        let replica = try late.service(clock: TestClock(try Date("2026-11-30T12:00:00Z", strategy: .iso8601)))
        await replica.loop.step()
        #expect(try late.envelopes(replica) == controller.envelopes(service))
    }

    @Test func aNodeInNoNetworkGetsAnEmptyConfig() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        try await git.commit([
            "tenants/acme/nodes/laptop.yaml": fleet.node("laptop", fleet.clientKey.publicKey, network: nil)
        ])
        await service.loop.step()
        let node = try #require(service.board.current?.nodes[NodeKey(tenant: "acme", node: "laptop")])
        let config = try WireNodeConfig(serializedBytes: node.payload)
        #expect(config.networks.isEmpty)
        #expect(config.generation == 2)
    }

    @Test func aForcedPushIsReported() async throws {
        let fleet = Fleet()
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let service = try controller.service()
        await service.loop.step()
        try await git.commit(["README.md": "one"])
        await service.loop.step()
        #expect(!controller.log.contains("rewritten"))
        try await git.git("commit", "-q", "--amend", "-m", "another")
        try await git.git("push", "-q", "-f", "origin", "HEAD:main")
        await service.loop.step()
        #expect(controller.log.contains("warning: a branch was rewritten"))
    }
}
