import Controllers
import Foundation
import GitRepository
import OverlayNetwork
import Reconciling
import Sodium
import Testing
import Trust

/// Signatures decide what of main is published: from commits signed by git to what agents get.
struct AuthorizationTests {
    static let acmePolicy = "tenants/acme/policies/ssh.yaml"
    static let globexPolicy = "tenants/globex/policies/ssh.yaml"

    let git: GitServer
    let root: SigningKey
    /// Admin of acme.
    let alice: SigningKey
    /// Member of acme.
    let carl: SigningKey
    /// Admin of globex.
    let bob: SigningKey
    let acme: Fleet
    let globex: Fleet
    let first: String

    /// Two tenants that a superadmin has made.
    init() async throws {
        (root, alice) = (try await SigningKey(), try await SigningKey())
        (carl, bob) = (try await SigningKey(), try await SigningKey())
        var (acme, globex) = (Fleet("acme"), Fleet("globex"))
        acme.members = [("alice", "admin", alice), ("carl", "member", carl)]
        globex.members = [("bob", "admin", bob)]
        (self.acme, self.globex) = (acme, globex)
        git = try await GitServer()
        first = try await git.commit(acme.files.merging(globex.files) { a, _ in a }, signedBy: root)
    }

    func controller(_ mode: RootDocument.AuthorizationMode = .enforce) throws -> TestController {
        try TestController(git.bare, superadmins: ["root": root], authorization: mode)
    }

    /// A controller that has published the first commit.
    func started(_ mode: RootDocument.AuthorizationMode = .enforce) async throws -> ControllerService {
        let service = try controller(mode).service()
        await service.loop.step()
        try #require(service.status.current.trouble == "")
        try #require(phases(service) == ["acme": .inForce, "globex": .inForce])
        return service
    }

    func phases(_ service: ControllerService) -> [String: ControllerStatus.Phase] {
        service.status.current.tenants.mapValues(\.phase)
    }

    func generation(_ tenant: String, _ service: ControllerService) -> UInt64? {
        service.board.current?.nodes[NodeKey(tenant: tenant, node: "gw")]?.generation
    }

    func change(_ fleets: [Fleet], port: String) -> [String: String?] {
        Dictionary(uniqueKeysWithValues: fleets.map { ("\($0.folder)/policies/ssh.yaml", $0.policy(port: port)) })
    }

    // MARK: What is refused, and how it is cured

    @Test func aRefusedCommitChangesNothingForItsTenantAndHoldsBackNoOther() async throws {
        let service = try await started()
        try await git.commit(change([acme], port: "tcp/23"), signedBy: carl)
        await service.loop.step()
        #expect(phases(service) == ["acme": .inForce, "globex": .inForce])
        #expect(generation("acme", service) == 2)

        let bad = try await git.commit(change([acme, globex], port: "tcp/24"), signedBy: bob)
        await service.loop.step()
        #expect(phases(service) == ["acme": .heldBack, "globex": .inForce])
        #expect(generation("acme", service) == 2)
        #expect(generation("globex", service) == 3)
        let key = try await bob.fingerprint()
        let errors = service.status.current.tenants["acme"]?.errors ?? []
        #expect(
            errors == [
                "\(Self.acmePolicy):6:85: error[authorization]: changing `spec.rules[in].ports` of acme/Policy/ssh needs the "
                    + "role member of acme: the commit is signed by \(key), which is nobody's key here (revert commit "
                    + "\(bad.prefix(12)), or who may make the change approves it: cvlan approve \(bad))"
            ])
        // What comes on top of it waits too, though it is good.
        try await git.commit(["tenants/acme/nodes/n2.yaml": acme.node("n2", nil)], signedBy: alice)
        await service.loop.step()
        #expect(phases(service)["acme"] == .heldBack)
        #expect(service.board.current?.nodes[NodeKey(tenant: "acme", node: "n2")] == nil)
        // Anybody may undo it.
        try await git.commit(change([acme], port: "tcp/23"), "undo", signedBy: bob)
        await service.loop.step()
        #expect(phases(service) == ["acme": .inForce, "globex": .inForce])
        #expect(service.board.current?.nodes[NodeKey(tenant: "acme", node: "n2")] != nil)
    }

    /// What the superadmins of a root signed while it was in force stays theirs; from the next root on it is others' turn.
    @Test func aSuperadminIsReplacedByTheNextRoot() async throws {
        let controller = try controller()
        let before = try controller.service()
        await before.loop.step()
        let successor = try await SigningKey()
        let ceremony = try KeyCeremony(directory: controller.directory.path)
        var document = try ceremony.root.document.successor(expires: Date() + 86400)
        document.superadmins = [.init(name: "root", keys: [successor.line])]
        let rootKey = try ceremony.file(of: .root).readEd25519()
        _ = try ceremony.publish(try TrustedRoot(signing: document, by: [rootKey]).envelope)

        for _ in 0..<2 {
            let after = try controller.service()
            await after.loop.step()
            #expect(phases(after) == ["acme": .inForce, "globex": .inForce])
            #expect(generation("acme", after) == 1)
        }
        let after = try controller.service()
        await after.loop.step()
        try await git.commit(change([acme], port: "tcp/81"), signedBy: successor)
        await after.loop.step()
        #expect(generation("acme", after) ?? 0 > 1)
        try await git.commit(change([acme], port: "tcp/82"), signedBy: root)
        await after.loop.step()
        #expect(phases(after) == ["acme": .heldBack, "globex": .inForce])
        let again = try controller.service()
        await again.loop.step()
        #expect(phases(again) == ["acme": .heldBack, "globex": .inForce])
    }

    @Test func whoeverSignedIsNamedWithTheRoleThatIsMissing() async throws {
        let service = try await started()
        var promoted = acme
        promoted.members.append(("carl2", "admin", carl))
        try await git.commit(["tenants/acme/tenant.yaml": promoted.tenantManifest], signedBy: carl)
        await service.loop.step()
        let error = service.status.current.tenants["acme"]?.errors.first ?? ""
        #expect(error.hasPrefix("tenants/acme/tenant.yaml:5:"))
        #expect(error.contains("needs the role admin of acme: the commit is signed by \(try await carl.fingerprint())"))
        #expect(error.contains(", of carl, who is member"))
        // And has got nothing by it.
        let members = service.board.current?.tenants["acme"]?.manifests.tenant.members.map(\.name)
        #expect(members == ["alice", "carl"])
    }

    @Test func anApprovalCuresARefusalAtOnceAndStaysInTheStateBranch() async throws {
        let controller = try controller()
        let service = try controller.service()
        await service.loop.step()
        let commit = try await git.commit(change([acme], port: "tcp/24"))
        await service.loop.step()
        #expect(phases(service)["acme"] == .heldBack)
        #expect(service.status.current.tenants["acme"]?.errors.first?.contains("the commit is not signed") == true)

        // Somebody else's word is worth nothing, and is not kept.
        try await git.approve(commit, as: "bob", bob)
        await service.loop.step()
        #expect(phases(service)["acme"] == .heldBack)
        #expect(service.board.current?.height == 1)
        try await git.approve(commit, as: "alice", alice)
        await service.loop.step()
        #expect(phases(service)["acme"] == .inForce)
        #expect(generation("acme", service) == 2)
        // The note may go: the state branch has it, for this controller and for any other.
        _ = try await git.bareGit("update-ref", "-d", "refs/notes/cvlan-approvals")
        await service.loop.step()
        #expect(phases(service)["acme"] == .inForce)
        let replica = try TestController(replicaOf: controller).service()
        await replica.loop.step()
        #expect(phases(replica)["acme"] == .inForce)
        let files = try await git.bareGit("ls-tree", "--name-only", "cvlan-state", "approvals/")
        #expect(files == "approvals/\(commit)")
        let kept = try await git.bareGit("show", "cvlan-state:approvals/\(commit)")
        #expect(kept.contains("Approver: alice") && !kept.contains("Approver: bob"))
        // Nobody pushes it out with words that are worth nothing.
        try await git.approve(commit, as: "bob", bob)
        await service.loop.step()
        #expect(try await git.bareGit("show", "cvlan-state:approvals/\(commit)") == kept)
        #expect(phases(service)["acme"] == .inForce)
    }

    /// What is kept counts by the roles of then, and so only what counts by those of now, too, is kept.
    @Test func theWordOfWhoHasLostTheRoleIsNotKept() async throws {
        let controller = try controller()
        let service = try controller.service()
        await service.loop.step()
        let bad = try await git.commit(change([acme], port: "tcp/24"))
        var without = acme
        without.members.removeLast()
        try await git.commit(["tenants/acme/tenant.yaml": without.tenantManifest], signedBy: alice)
        await service.loop.step()
        try await git.approve(bad, as: "carl", carl)
        await service.loop.step()
        let files = try await git.bareGit("ls-tree", "--name-only", "cvlan-state", "approvals/")
        #expect(files == "")
        try await git.commit(change([globex], port: "tcp/25"), signedBy: bob)
        for service in [service, try controller.service()] {
            await service.loop.step()
            #expect(phases(service) == ["acme": .heldBack, "globex": .inForce])
        }
    }

    @Test func anApprovalIsKeptThoughTheStateCouldNotBePublishedAtFirst() async throws {
        let service = try await started()
        let commit = try await git.commit(change([acme], port: "tcp/24"))
        try await git.approve(commit, as: "alice", alice)
        let lock = git.bare + "/refs/heads/cvlan-state.lock"
        try #require(FileManager.default.createFile(atPath: lock, contents: nil))
        await service.loop.step()
        #expect(service.board.current?.height == 1)
        try FileManager.default.removeItem(atPath: lock)
        await service.loop.step()
        #expect(phases(service)["acme"] == .inForce)
        #expect(generation("acme", service) == 2)
        let files = try await git.bareGit("ls-tree", "--name-only", "cvlan-state", "approvals/")
        #expect(files == "approvals/\(commit)")
    }

    @Test func aTenantThatNoSuperadminHasMadeIsNotPublished() async throws {
        let service = try await started()
        try await git.commit(Fleet("evil").files, signedBy: alice)
        await service.loop.step()
        #expect(phases(service) == ["acme": .inForce, "globex": .inForce, "evil": .pending])
        #expect(service.board.current?.nodes.keys.contains { $0.tenant == "evil" } == false)
        let error = service.status.current.tenants["evil"]?.errors.first ?? ""
        #expect(error.contains("needs the role superadmin"))
    }

    @Test func aTenantIsNotDeletedByWhoMayNot() async throws {
        let service = try await started()
        try await git.commit(
            acme.files.mapValues { _ in String?.none }, "gone\n\nAllow-Prune: acme", signedBy: alice)
        await service.loop.step()
        #expect(phases(service)["acme"] == .heldBack)
        #expect(generation("acme", service) == 1)
    }

    @Test func whatNobodyCanReadHoldsBackItsOwnersAlone() async throws {
        let service = try await started()
        let stranger = try await SigningKey()
        let files = [
            "broken.yaml": "a: [", "tenants/acme/broken.yaml": "a: [",
            "tenants/globex/x.yaml": Fleet("nobody").node("x", nil),
        ]
        try await git.commit(files, signedBy: stranger)
        try await git.commit(change([globex], port: "tcp/25"), signedBy: bob)
        await service.loop.step()
        #expect(service.status.current.errors == [])
        #expect(phases(service)["acme"] == .heldBack)
        #expect(phases(service)["globex"] == .inForce)
        #expect(generation("globex", service) == 2)
        #expect(service.status.current.warnings.contains { $0.hasPrefix("broken.yaml:") })
    }

    @Test func onlyWhoMayChangeATenantAllowsItsLoss() async throws {
        let service = try await started()
        var files = acme.files.mapValues { _ in String?.none }
        files["tenants/acme/tenant.yaml"] = acme.tenantManifest
        try await git.commit(files, signedBy: alice)
        let words = "prune\n\nAllow-Prune: acme"
        for key in [nil, bob] {
            try await git.commit([:], words, signedBy: key)
            await service.loop.step()
            #expect(phases(service)["acme"] == .heldBack)
            #expect(service.status.current.tenants["acme"]?.errors.contains { $0.contains("blast-radius") } == true)
        }
        try await git.commit([:], words, signedBy: carl)
        await service.loop.step()
        #expect(phases(service)["acme"] == .inForce)
        #expect(service.board.current?.nodes.keys.contains { $0.tenant == "acme" } == false)
    }

    // MARK: Modes

    @Test func aWarningSaysWhatWouldBeRefused() async throws {
        let service = try await started(.warn)
        try await git.commit(change([acme], port: "tcp/24"), signedBy: bob)
        await service.loop.step()
        #expect(phases(service)["acme"] == .inForce)
        #expect(generation("acme", service) == 2)
        #expect(
            service.status.current.warnings.contains {
                $0.contains("error[authorization]: changing") && $0.contains("which is nobody's key here")
            })
        #expect(service.status.current.authorization == "warn")
    }

    @Test func withoutSignaturesNobodyLooks() async throws {
        let service = try await started(.off)
        try await git.commit(change([acme], port: "tcp/24"))
        await service.loop.step()
        #expect(generation("acme", service) == 2)
        #expect(service.status.current.warnings == [])
    }

    // MARK: Rewritten history

    @Test func aRewrittenMainIsRefusedUntilASuperadminAdoptsIt() async throws {
        let controller = try controller()
        let service = try controller.service()
        await service.loop.step()
        let published = try await git.commit(change([acme], port: "tcp/24"), signedBy: alice)
        await service.loop.step()
        try #require(generation("acme", service) == 2)

        _ = try await git.bareGit("update-ref", "refs/heads/main", first)
        let tip = try await git.commit(change([acme], port: "tcp/25"), signedBy: alice)
        await service.loop.step()
        let trouble = service.status.current.trouble
        #expect(trouble.hasPrefix("main was rewritten: \(tip.prefix(12)) does not come from \(published.prefix(12))"))
        #expect(trouble.contains("cvlan approve \(tip) --adopt --replaces \(published)"))
        #expect(generation("acme", service) == 2)
        #expect(service.board.current?.sourceCommit.description == published)
        let restarted = try controller.service()
        await restarted.loop.step()
        #expect(restarted.status.current.trouble == trouble)
        #expect(restarted.board.current?.nodes == service.board.current?.nodes)

        // Only a superadmin can, and only for this.
        try await git.approve(tip, as: "alice", alice, adopting: true, replacing: published)
        try await git.approve(tip, as: "root", root, adopting: true, replacing: first)
        await service.loop.step()
        #expect(service.status.current.trouble == trouble)
        try await git.approve(tip, as: "root", root, adopting: true, replacing: published)
        await service.loop.step()
        #expect(service.status.current.trouble == "")
        #expect(generation("acme", service) == 3)
        #expect(service.board.current?.sourceCommit.description == tip)
        // For good: the state goes on from the new history.
        _ = try await git.bareGit("update-ref", "-d", "refs/notes/cvlan-approvals")
        try await git.commit(change([acme], port: "tcp/26"), signedBy: alice)
        for service in [service, try controller.service()] {
            await service.loop.step()
            #expect(service.status.current.trouble == "")
            #expect(generation("acme", service) == 4)
        }
    }

    @Test func anOldRepositoryIsAdoptedAsItIs() async throws {
        let git = try await GitServer()
        let old = try await git.commit(acme.files)
        let service = try TestController(
            git.bare, superadmins: ["root": root], authorization: .enforce
        ).service()
        await service.loop.step()
        #expect(phases(service) == ["acme": .pending])
        try await git.approve(old, as: "root", root, adopting: true)
        await service.loop.step()
        #expect(phases(service) == ["acme": .inForce])
        try await git.commit(change([acme], port: "tcp/24"), signedBy: bob)
        await service.loop.step()
        #expect(phases(service) == ["acme": .heldBack])
    }

    // MARK: Controllers

    @Test func replicasDecideTheSame() async throws {
        let bad = try await git.commit(change([acme, globex], port: "tcp/24"), signedBy: bob)
        try await git.approve(bad, as: "alice", alice)
        try await git.commit(change([acme], port: "tcp/25"), signedBy: bob)
        let copies = [git.folder.path + "/a.git", git.folder.path + "/b.git"]
        for copy in copies { try await Shell.run("git", ["clone", "-q", "--mirror", git.bare, copy]) }
        let controller = try TestController(copies[0], superadmins: ["root": root], authorization: .enforce)
        let replica = try TestController(replicaOf: controller, repository: copies[1])
        var states: [String] = []
        for one in [controller, replica] {
            let service = try one.service(clock: TestClock(Date(timeIntervalSince1970: 1_790_000_100)))
            await service.loop.step()
            // Nothing of acme was ever published.
            #expect(phases(service) == ["acme": .pending, "globex": .inForce])
            states.append(try #require(service.board.current?.stateCommit?.description))
        }
        #expect(states[0] == states[1])
    }

    /// Main is the side of a merge that was published, whatever the merge calls first: also for who was not there to see it, and
    /// where main was somewhere in between of which nothing was published.
    @Test(arguments: [false, true])
    func aControllerThatBeginsAnewGoesTheWayThatMainWent(overWhatIsTakenBack: Bool) async throws {
        let controller = try controller()
        let service = try controller.service()
        await service.loop.step()
        var without = acme
        without.members.removeLast()
        let revoked = try await git.commit(["tenants/acme/tenant.yaml": without.tenantManifest], signedBy: alice)
        await service.loop.step()
        try #require(phases(service)["acme"] == .inForce)

        if overWhatIsTakenBack {
            try await git.commit(["README.md": "hello"])
            await service.loop.step()
            try #require(phases(service)["acme"] == .inForce)
        }
        // Who is a member no more begins where he was one, and merges main into that.
        _ = try await git.bareGit("update-ref", "refs/heads/main", first)
        try await git.commit(change([acme], port: "tcp/24"), signedBy: carl)
        _ = try await git.bareGit("update-ref", "refs/heads/main", revoked)
        try await git.git("fetch", "-q", "origin", "main")
        try await git.git(carl.options, "merge", "-q", "--no-edit", "FETCH_HEAD")
        try await git.git("push", "-qf", "origin", "HEAD:main")
        for service in [service, try controller.service()] {
            await service.loop.step()
            #expect(service.status.current.trouble == "")
            #expect(phases(service) == ["acme": .heldBack, "globex": .inForce])
        }
    }

    /// Roles that change while their tenant is held back are published nowhere; that main was there is known all the same.
    @Test func rolesThatChangeWhileATenantIsHeldBackAreKnownToWhoBeginsAnew() async throws {
        let controller = try controller()
        let service = try controller.service()
        await service.loop.step()
        let node = "tenants/acme/nodes/n2.yaml"
        let planted = try await git.commit([node: acme.node("n2", nil)])
        await service.loop.step()
        try #require(phases(service)["acme"] == .heldBack)
        var without = acme
        without.members.removeLast()
        let revoked = try await git.commit(["tenants/acme/tenant.yaml": without.tenantManifest], signedBy: alice)
        await service.loop.step()

        _ = try await git.bareGit("update-ref", "refs/heads/main", planted)
        try await git.commit(change([acme], port: "tcp/24"), signedBy: carl)
        _ = try await git.bareGit("update-ref", "refs/heads/main", revoked)
        try await git.git("fetch", "-q", "origin", "main")
        try await git.git(carl.options, "merge", "-q", "--no-edit", "FETCH_HEAD")
        try await git.git("push", "-qf", "origin", "HEAD:main")
        await service.loop.step()
        try await git.commit([node: nil], signedBy: alice)
        try await git.commit(change([globex], port: "tcp/25"), signedBy: bob)
        for service in [service, try controller.service()] {
            await service.loop.step()
            #expect(service.status.current.trouble == "")
            #expect(phases(service) == ["acme": .heldBack, "globex": .inForce])
        }
    }

    @Test func enrolmentPassesByItsProof() async throws {
        try await RunningController.with(controller()) { [acme, git] running in
            let token = try acme.token(root: running.controller.pin)
            let answer = try await Curl(running: running).post(
                "/v1/enroll", try Machine("tablet").request(token: token, provedTo: running.enrollmentKey))
            #expect(answer.status == 200)
            #expect(running.service.status.current.tenants["acme"]?.phase == .inForce)
            let second = try await Curl(running: running).post(
                "/v1/enroll", try Machine("tablet2").request(token: token, provedTo: running.enrollmentKey))
            #expect(second.code == "token-used-up")
            #expect(try await git.bareGit("rev-list", "--count", "main") == "2")
        }
    }

    @Test func whoeverCanPushCannotUseUpATokenWithWords() async throws {
        try await RunningController.with(controller()) { [acme, git] running in
            let token = try acme.token(id: "t-1", root: running.controller.pin)
            try await git.commit([:], "enroll: acme/x\n\nEnrollment-Token: t-1")
            let answer = try await Curl(running: running).post(
                "/v1/enroll", try Machine("tablet").request(token: token, provedTo: running.enrollmentKey))
            #expect(answer.status == 200)
        }
    }

    @Test func aTokenThatTwoControllersTakeAtOnceIsUsedOnce() async throws {
        let controller = try controller()
        let second = try TestController(replicaOf: controller)
        let token = try acme.token(root: controller.pin)
        let codes = try await RunningController.with(controller) { a in
            try await RunningController.with(second) { b in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for index in 0..<6 {
                        group.addTask {
                            let request = try Machine("n\(index)").request(token: token, provedTo: a.enrollmentKey)
                            let answer = try await Curl(running: index % 2 == 0 ? a : b).post("/v1/enroll", request)
                            return answer.status == 200 ? "" : answer.code
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
        }
        #expect(codes.sorted() == [""] + Array(repeating: "token-used-up", count: 5))
    }

    @Test func aNodeThatWaitsForReviewNeedsAMembersWord() async throws {
        var reviewed = acme
        reviewed.approval = "review"
        try await git.commit(["tenants/acme/tenant.yaml": reviewed.tenantManifest], signedBy: alice)
        try await RunningController.with(controller()) { [acme, git, alice] running in
            let token = try acme.token(root: running.controller.pin)
            let request = try Machine("tablet").request(token: token, provedTo: running.enrollmentKey)
            #expect(try await Curl(running: running).post("/v1/enroll", request).status == 202)
            // Whoever can push brings it to main; that is nobody's word.
            _ = try await git.bareGit("update-ref", "refs/heads/main", "refs/heads/cvlan-enroll/acme/tablet")
            let commit = try await git.bareGit("rev-parse", "main")
            try await running.reconciled(to: commit)
            let tenant = { running.service.status.current.tenants["acme"] }
            #expect(tenant()?.phase == .heldBack)
            #expect(
                tenant()?.errors.first?.contains("a controller enrolled it, and 0 of 1 people stand for it") == true)
            try await git.approve(commit, as: "alice", alice)
            try await eventually("the note wakes the controller") { tenant()?.phase == .inForce }
            #expect(try await Curl(running: running).post("/v1/enroll", request).status == 200)
        }
    }

    @Test func aControllersKeyWithoutATokenEnrolsNobody() async throws {
        let controller = try controller()
        let service = try controller.service()
        await service.loop.step()
        // As whoever has stolen it would: with the controller's own key, and without a token.
        let signer = CommitSigner(try controller.keys.enrollmentSigningKey)
        let repository = try Repository(at: .local(path: git.bare))
        let author = Identity(name: "cvlan-controller", email: "controller@acme.example", seconds: 1_790_000_050)
        let parent = try #require(ObjectID(first))
        let node = acme.node("evil", acme.gatewayKey.publicKey).replacingOccurrences(
            of: acme.gatewayKey.publicKey.base64, with: Machine("evil").key.publicKey.base64)
        let commit = try await repository.makeCommit(
            ["tenants/acme/nodes/evil.yaml": .write(Array(node.utf8))], onTreeOf: parent, parents: [parent],
            author: author, committer: author, message: "enroll: acme/evil\n", signedBy: { try signer.sign($0) })
        try await repository.publish(commit, to: "main", replacing: parent)
        await service.loop.step()
        #expect(phases(service) == ["acme": .heldBack, "globex": .inForce])
        let error = service.status.current.tenants["acme"]?.errors.first ?? ""
        #expect(error.contains("a controller's, which may enrol nodes: the commit has no Enrollment-Proof of it"))
        #expect(service.board.current?.nodes[NodeKey(tenant: "acme", node: "evil")] == nil)
    }
}
