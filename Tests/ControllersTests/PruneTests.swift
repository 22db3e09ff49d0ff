import Controllers
import Foundation
import Reconciling
import Testing

/// A commit that destroys much waits for a commit that says that it is meant.
struct PruneTests {
    private static let office = "tenants/acme/office.yaml"
    private static let laptop = NodeKey(tenant: "acme", node: "laptop")

    private let git: GitServer
    private let controller: TestController
    private let service: ControllerService
    private let acme = Fleet("acme")
    private let globex = Fleet("globex")

    /// Two tenants in force; acme's network has ten nodes.
    init() async throws {
        git = try await GitServer()
        var files = acme.files.merging(globex.files) { a, _ in a }
        for number in 0..<8 { files[Self.file(number)] = acme.node("n\(number)", nil) }
        try await git.commit(files)
        controller = try TestController(git.bare)
        service = try controller.service()
        await service.loop.step()
        try #require(service.status.current.phase == .inForce)
    }

    private static func file(_ node: Int) -> String { "tenants/acme/nodes/n\(node).yaml" }

    /// The network goes, and all nodes leave it.
    private var withoutOffice: [String: String?] {
        var files: [String: String?] = [
            Self.office: String?.none,
            "tenants/acme/nodes/gw.yaml": acme.node("gw", acme.gatewayKey.publicKey, role: "gateway", network: nil),
            "tenants/acme/nodes/laptop.yaml": acme.node("laptop", acme.clientKey.publicKey, network: nil),
        ]
        for number in 0..<8 { files[Self.file(number)] = acme.node("n\(number)", nil, network: nil) }
        return files
    }

    /// Nothing of acme is left.
    private var withoutAcme: [String: String?] {
        var files = acme.files.mapValues { _ in String?.none }
        for number in 0..<8 { files[Self.file(number)] = String?.none }
        return files
    }

    private func nodes(_ numbers: Range<Int>) -> [String: String?] {
        Dictionary(uniqueKeysWithValues: numbers.map { (Self.file($0), String?.none) })
    }

    private var tenant: ControllerStatus.TenantStatus? { service.status.current.tenants["acme"] }

    private func isHeld() -> Bool { tenant?.phase == .heldBack && service.status.current.phase == .heldBack }

    private func nodesInForce() -> Int { service.board.current?.nodes.keys.count { $0.tenant == "acme" } ?? 0 }

    @Test func aDeletedNetworkWaitsAndSaysWhatToWrite() async throws {
        let good = try #require(tenant?.sourceCommit)
        let before = try controller.envelopes(service)
        try await git.commit(withoutOffice)
        await service.loop.step()
        #expect(isHeld())
        #expect(tenant?.sourceCommit == good)
        #expect(
            tenant?.errors == [
                "tenants/acme/office.yaml:3:33: error[blast-radius]: network office of tenant acme is deleted, "
                    + "with 10 nodes",
                "error[blast-radius]: if that is meant, say so in a commit: "
                    + "git commit --allow-empty -m \"prune acme/office\" --trailer \"Allow-Prune: acme/office\"",
            ])
        #expect(try controller.envelopes(service) == before)
        #expect(service.status.current.tenants["globex"]?.phase == .inForce)

        // Word for word what the error says.
        let command = try #require(tenant?.errors.last?.firstRange(of: "git commit").map { $0.lowerBound })
        let words = try #require(tenant?.errors.last?[command...])
        try await Shell.run("sh", ["-c", "\(words) && git push -q origin HEAD:main"], in: git.folder.path + "/work")
        await service.loop.step()
        #expect(tenant?.phase == .inForce)
        #expect(tenant?.networks == 0)
        #expect(service.board.current?.nodes[Self.laptop]?.networks == [])
    }

    @Test func otherTenantsGoOn() async throws {
        var files = withoutOffice
        files["tenants/globex/policies/ssh.yaml"] = globex.policy(port: "tcp/2222")
        try await git.commit(files)
        await service.loop.step()
        #expect(isHeld())
        #expect(service.board.current?.nodes[NodeKey(tenant: "globex", node: "laptop")]?.generation == 2)
        #expect(service.board.current?.nodes[Self.laptop]?.generation == 1)
    }

    @Test func aDeletedTenantWaitsToo() async throws {
        try await git.commit(withoutAcme)
        await service.loop.step()
        #expect(isHeld())
        #expect(nodesInForce() == 10)
        #expect(
            tenant?.errors.first == "tenants/acme/tenant.yaml:3:19: error[blast-radius]: tenant acme is deleted, "
                + "with 1 network and 10 nodes")
        // Its network's name is not enough.
        try await git.commit([:], "prune\n\nAllow-Prune: acme/office")
        await service.loop.step()
        #expect(isHeld())
        try await git.commit([:], "prune\n\nallow-prune: acme")
        await service.loop.step()
        #expect(service.status.current.phase == .inForce)
        #expect(tenant == nil)
        #expect(nodesInForce() == 0)
    }

    @Test func manyNodesWaitAndFewDoNot() async throws {
        try await git.commit(nodes(0..<2))
        await service.loop.step()
        #expect(tenant?.phase == .inForce)
        #expect(nodesInForce() == 8)
        try await git.commit(nodes(2..<5))
        await service.loop.step()
        #expect(isHeld())
        #expect(
            tenant?.errors.first == "tenants/acme/office.yaml:3:33: error[blast-radius]: 3 of the 8 nodes of network "
                + "acme/office go (37 %): n2, n3, n4; more than 20 % go only if a commit allows it")
        // Or they come back.
        try await git.commit([Self.file(2): acme.node("n2", nil), Self.file(3): acme.node("n3", nil)])
        await service.loop.step()
        #expect(tenant?.phase == .inForce)
        #expect(nodesInForce() == 7)
    }

    @Test func aTrailerInTheCommitItselfIsEnough() async throws {
        try await git.commit(withoutOffice, "away with it\n\nAllow-Prune: acme/office")
        await service.loop.step()
        #expect(tenant?.phase == .inForce)
    }

    @Test func whatWasAllowedOnceIsNotAllowedAgain() async throws {
        try await git.commit(nodes(0..<4), "fewer nodes\n\nAllow-Prune: acme/office")
        await service.loop.step()
        #expect(nodesInForce() == 6)
        try await git.commit(nodes(4..<6))
        await service.loop.step()
        #expect(isHeld())
        #expect(nodesInForce() == 6)
    }

    @Test func aTrailerFromBeforeTheChangeDoesNotCoverIt() async throws {
        try await git.commit(["README.md": "hello"], "unrelated\n\nAllow-Prune: *")
        await service.loop.step()
        try await git.commit(withoutAcme)
        await service.loop.step()
        #expect(isHeld())
        try await git.commit(["README.md": "hello again"], "prune\n\nAllow-Prune: *")
        await service.loop.step()
        #expect(nodesInForce() == 0)
    }

    @Test func aTrailerOfAnotherTenantOrOneMisspeltDoesNotCount() async throws {
        try await git.commit(withoutOffice, "away\n\nAllow-Prune: globex\nAllow-Prune: acme office")
        await service.loop.step()
        #expect(isHeld())
        #expect(
            tenant?.errors.contains(
                "error[blast-radius]: the trailer Allow-Prune: acme office is not understood: "
                    + "it has to say TENANT, TENANT/CVLAN or *") == true)
    }

    @Test func anAnnotationOfTheNewManifestAllows() async throws {
        let office = try #require(acme.files[Self.office] ?? nil)
        let annotated = office.replacing(
            "name: office }", with: "name: office, annotations: { cvlan.io/allow-prune: \"true\" } }")
        try await git.commit(nodes(0..<4).merging([Self.office: annotated]) { a, _ in a })
        await service.loop.step()
        #expect(tenant?.phase == .inForce)
        #expect(nodesInForce() == 6)
    }

    @Test func aTrailerMayComeWithTheBranchThatIsMerged() async throws {
        try await git.git("checkout", "-q", "-b", "side")
        try await git.git("rm", "-q", Self.file(0), Self.file(1), Self.file(2))
        try await git.git("commit", "-q", "-m", "fewer nodes\n\nAllow-Prune: acme/office")
        try await git.git("checkout", "-q", "main")
        try await git.commit(["README.md": "main goes on"])
        await service.loop.step()
        try await git.git("merge", "-q", "--no-ff", "-m", "merge the side", "side")
        try await git.git("push", "-q", "origin", "HEAD:main")
        await service.loop.step()
        #expect(tenant?.phase == .inForce)
        #expect(nodesInForce() == 7)
    }

    @Test func inARewrittenHistoryOnlyTheTipCanAllow() async throws {
        try await git.git("checkout", "-q", "--orphan", "new")
        try await git.git("commit", "-q", "-m", "all anew\n\nAllow-Prune: *")
        try await git.git("rm", "-q", Self.file(0), Self.file(1), Self.file(2))
        try await git.git("commit", "-q", "-m", "fewer nodes")
        try await git.git("push", "-q", "-f", "origin", "HEAD:main")
        await service.loop.step()
        #expect(isHeld())
        #expect(nodesInForce() == 10)
        try await git.commit([:], "prune\n\nAllow-Prune: acme")
        await service.loop.step()
        #expect(tenant?.phase == .inForce)
        #expect(nodesInForce() == 7)
    }

    @Test func whenTheLastGoodCommitIsGoneWhatWasPublishedCounts() async throws {
        let state = try await git.bareGit("rev-parse", "cvlan-state")
        try await git.git("checkout", "-q", "--orphan", "new")
        try await git.git("rm", "-q", "-f", Self.file(0), Self.file(1), Self.file(2))
        try await git.git("commit", "-q", "-m", "all anew")
        try await git.git("push", "-q", "-f", "origin", "HEAD:main")
        _ = try await git.bareGit("reflog", "expire", "--expire=now", "--all")
        _ = try await git.bareGit("gc", "-q", "--prune=now")
        let replica = try TestController(replicaOf: controller)
        let restarted = try replica.service()
        await restarted.loop.step()
        let errors = restarted.status.current.tenants["acme"]?.errors ?? []
        #expect(errors.first?.hasPrefix("error[blast-radius]: 3 of the 10 nodes of network acme/office go") == true)
        #expect(try await git.bareGit("rev-parse", "cvlan-state") != state, "globex is at its new commit")
        #expect(try await git.bareGit("ls-tree", "-r", "cvlan-state").contains("tenants/acme/cvlans/office.json"))
        try await git.commit([:], "prune\n\nAllow-Prune: acme/office")
        await restarted.loop.step()
        #expect(restarted.status.current.tenants["acme"]?.phase == .inForce)
        #expect(restarted.status.current.tenants["acme"]?.nodes == 7)
    }

    @Test func replicasDecideTheSame() async throws {
        let other = try TestController(replicaOf: controller)
        let replica = try other.service()
        for (files, message) in [
            (withoutOffice, "away"), (["README.md": "x"], "unrelated"), ([:], "prune\n\nAllow-Prune: acme/office"),
            (acme.files, "back"), (withoutAcme.filter { $0.key.contains("/nodes/n") }, "fewer"),
        ] {
            try await git.commit(files, message)
            await service.loop.step()
            await replica.loop.step()
            #expect(try controller.envelopes(service) == other.envelopes(replica))
            #expect(service.status.current.tenants == replica.status.current.tenants)
            #expect(service.board.current?.stateCommit == replica.board.current?.stateCommit)
        }
    }

    @Test func theLimitIsWhatTheConfigurationSays() async throws {
        let file = controller.directory.configurationFile
        try String(contentsOfFile: file, encoding: .utf8)
            .replacing("pruneLimitPercent: 20", with: "pruneLimitPercent: 50")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let lenient = try controller.service()
        try await git.commit(nodes(0..<5))
        await lenient.loop.step()
        #expect(lenient.status.current.tenants["acme"]?.nodes == 5)
        try await git.commit(nodes(5..<8))
        await lenient.loop.step()
        #expect(lenient.status.current.tenants["acme"]?.phase == .heldBack)
    }

    @Test func lintHasTheFirstWord() async throws {
        var files = withoutAcme
        files["tenants/acme/tenant.yaml"] = "kind: [\n"
        try await git.commit(files)
        await service.loop.step()
        #expect(isHeld())
        #expect(tenant?.errors.allSatisfy { $0.contains("error[CV") } == true)
    }
}
