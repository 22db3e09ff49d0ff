import Agent
import Controllers
import Foundation
import Logging
import ServiceLifecycle
import Sodium
import Testing
import Trust

/// The chain of roots between a real controller and a real agent.
struct RootChainTests {
    private let fleet = Fleet()

    @Test func everyRootOfTheChainIsServed() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        for version in 2...4 {
            try rotate(controller) { $1.authorization = version.isMultiple(of: 2) ? .warn : .off }
        }
        try await RunningController.with(controller) { running in
            let chain = try running.controller.keys.roots
            #expect(chain.count == 4)
            let client = try ControllerClient(url: running.url, credentials: .unverified)
            for root in chain {
                #expect(try await client.root(version: root.document.version) == root.envelope)
            }
            #expect(try await client.root() == chain[3].envelope)
            for version in [UInt64(0), 5, .max] {
                await #expect { try await client.root(version: version) } throws: {
                    ($0 as? ControllerError)?.status == 404
                }
            }
            await client.shutdown()
        }
    }

    /// The pin is in join tokens and in people's notes: it outlives the root that it was made for.
    @Test func anInvitationFromBeforeLeadsToTheRootInForce() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        // The one in the middle has run out; the last one has not.
        try rotate(controller, days: -1) { _, _ in }
        try rotate(controller) { _, _ in }
        try await RunningController.with(controller) { running in
            let folder = try TemporaryFolder("agent")
            let directory = try await enroll(running, folder, pin: running.controller.pin)
            let store = try AgentStore(path: directory.database)
            #expect(try directory.trustedRoot(store: store) == running.controller.keys.root)
            let foreign = RootPin(ofPayload: Data([1]))
            await #expect { try await enroll(running, try TemporaryFolder("other"), pin: foreign) } throws: {
                ($0 as? RootError)?.code == .wrongPin
            }
        }
    }

    /// Every key but the root's is another one when the agent comes back, the CA too: neither would take the other's
    /// certificate.
    @Test func anAgentThatWasAwayFollowsTheChain() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let folder = try TemporaryFolder("agent")
        let directory = try await RunningController.with(controller) { running in
            try await enroll(running, folder, pin: running.controller.pin)
        }
        let away = try TrustedRootVersion(directory)
        #expect(away.version == 1)
        for role in RootDocument.Role.allCases {
            try rotate(controller, days: -1) { ceremony, document in
                document.replace(role, by: try ceremony.stage(role, Ed25519.PrivateKey()))
            }
        }
        try rotate(controller) { ceremony, document in
            try ceremony.stageProofKey(in: &document)
            var generator = SystemRandomNumberGenerator()
            try ceremony.stageAuthority(in: &document, keepingOld: false, now: Date(), using: &generator)
        }
        try await RunningController.with(controller) { running in
            try readdress(directory, to: running.url)
            let service = try AgentService(
                directory: directory, dataPathSocket: folder.path + "/no-cvland",
                options: .init(recheck: .milliseconds(50), reportInterval: .milliseconds(100)),
                logger: Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() })
            let agent = Task { try await service.run() }
            try await eventually("the agent runs what is signed by the new keys") {
                try AgentStore(path: directory.database).config() != nil
            }
            agent.cancel()
            try await agent.value
            #expect(try TrustedRootVersion(directory).version == 7)
        }
    }

    @Test func aRunningControllerTakesTheNextRootUp() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        try await RunningController.with(controller) { running in
            // A root whose key is nowhere changes nothing.
            #expect(running.service.successors == nil)
            let key = Ed25519.PrivateKey()
            try rotate(controller) { ceremony, document in
                document.replace(.config, by: try ceremony.stage(.config, key))
            }
            try await eventually("taken up") { running.service.successors != nil }
            #expect(running.service.successors?.configKey.publicKey == key.publicKey)
        }
        let again = try controller.service()
        #expect(again.successors == nil)
    }

    @Test func aRootWhoseKeysAreNotToBeHadIsComplainedOf() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        try await RunningController.with(controller) { running in
            try rotate(controller) { $1.replace(.state, by: Ed25519.PrivateKey().publicKey) }
            try await eventually("told") { controller.log.contains("cannot be taken up") }
            #expect(running.service.successors == nil)
            let client = try ControllerClient(url: running.url, credentials: .unverified)
            #expect(try await client.root() == controller.firstRoot.envelope)
            await client.shutdown()
        }
    }

    /// Two replicas, and the keys of one were replaced: what it writes is no forgery.
    @Test func aReplicaWithAnOlderRootSaysThatItNeedsTheNewerOne() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        let replica = try TestController(replicaOf: controller)
        await (try controller.service()).loop.step()
        let old = try replica.service()
        await old.loop.step()
        #expect(old.board.current?.height == 1)
        let key = Ed25519.PrivateKey()
        try rotate(controller) { ceremony, document in
            document.replace(.state, by: try ceremony.stage(.state, key))
        }
        try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/23")])
        let rotated = try controller.service()
        await rotated.loop.step()
        #expect(rotated.board.current?.height == 2)

        await old.loop.step()
        let trouble = old.status.current.trouble
        #expect(
            trouble.contains(
                "is signed under root document 2, which another controller has put into force; this one has 1"))
        #expect(trouble.hasSuffix("Copy keys/, ca.pem and roots/ from that controller"))
        #expect(old.board.current?.height == 1)
        // With a commit on it that is nobody's, it is a forgery all the same.
        try await git.checkOut("cvlan-state")
        try await git.git("commit", "-q", "--allow-empty", "-m", "state: 3")
        try await git.git("push", "-q", "origin", "HEAD:cvlan-state")
        await old.loop.step()
        #expect(old.status.current.trouble.contains("is no controller's"))
        _ = try await git.bareGit("update-ref", "refs/heads/cvlan-state", "cvlan-state~1")

        let files = FileManager.default
        for name in ["keys", "roots"] {
            try files.removeItem(atPath: "\(replica.directory.path)/\(name)")
            try files.copyItem(
                atPath: "\(controller.directory.path)/\(name)", toPath: "\(replica.directory.path)/\(name)")
        }
        let new = try replica.service()
        await new.loop.step()
        #expect(new.status.current.trouble.isEmpty)
        #expect(new.board.current?.height == 2)
    }

    @Test(arguments: [(100, nil), (89, "runs out in 89 days"), (-1, "has run out")] as [(Double, String?)])
    func aRootThatRunsOutIsToldOf(days: Double, warning: String?) async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let controller = try TestController(git.bare)
        try rotate(controller, days: days + 0.5) { _, _ in }
        try await RunningController.with(controller) { _ in
            if let warning { try await eventually(warning) { controller.log.contains(warning) } }
        }
        #expect(controller.log.contains("the root document") == (warning != nil))
    }

    /// Puts the next root into force, signed by the root key of before and by that which comes after.
    private func rotate(
        _ controller: TestController, days: Double = 30, _ change: (KeyCeremony, inout RootDocument) throws -> Void
    ) throws {
        let ceremony = try KeyCeremony(directory: controller.directory.path)
        var document = try ceremony.root.document.successor(expires: Date() + days * 86400)
        try change(ceremony, &document)
        var draft = try RootDraft(document)
        for file in [ceremony.file(of: .root)] + ceremony.waitingRootKeys(of: document) {
            try draft.sign(by: try file.readEd25519())
        }
        _ = try ceremony.publish(draft.envelope)
    }

    private func enroll(_ running: RunningController, _ folder: TemporaryFolder, pin: RootPin) async throws
        -> StateDirectory
    {
        let directory = try StateDirectory(path: folder.path + "/state")
        try KeyFile(folder.path + "/state/keys/wireguard.key").write(fleet.clientKey)
        let invitation = try Invitation(
            token: nil, controller: running.url, root: pin.description, tenant: "acme", node: "laptop")
        _ = try await Enrollment.enroll(invitation, directory: directory, endpoints: [])
        return directory
    }

    /// The tests' controllers listen on another port each time.
    private func readdress(_ directory: StateDirectory, to url: String) throws {
        var identity = try directory.loadIdentity()
        identity.controller = url
        try directory.save(identity)
    }
}

/// What an agent's store trusts.
private struct TrustedRootVersion {
    let version: UInt64

    init(_ directory: StateDirectory) throws {
        version = try directory.trustedRoot(store: try AgentStore(path: directory.database)).document.version
    }
}

extension TestController {
    fileprivate var firstRoot: TrustedRoot {
        get throws { try RootFiles(of: directory.path).read()[0] }
    }
}

extension KeyCeremony {
    fileprivate func stage(_ role: RootDocument.Role, _ key: Ed25519.PrivateKey) throws -> Ed25519.PublicKey {
        try stage(role) { file in
            try file.write(key)
            return key.publicKey
        }
    }
}
