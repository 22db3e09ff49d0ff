import Agent
import Foundation
import Sodium
import Testing
import Trust
import WireFormat

/// What who holds the controller's TLS key, or some of its other keys, may try on an agent: each attempt with the refusal
/// that the controller is told. The configuration in force stays.
@Suite(.timeLimit(.minutes(1))) struct EnvelopeAttackTests {
    private let digestOfFive: Data

    init() throws {
        digestOfFive = Data(SHA256Digest.of(try Self.config(5).serializedBytes() as [UInt8]))
    }

    private static func config(_ generation: UInt64) -> WireNodeConfig {
        var config = WireNodeConfig()
        (config.tenant, config.node, config.generation) = ("acme", "laptop-1", generation)
        return config
    }

    private func signed(_ generation: UInt64, by key: any Ed25519.SigningKey) throws -> WireEnvelope {
        try ConfigSigner(key: key).sign(Self.config(generation))
    }

    /// The root that follows the controller's own.
    private func nextRoot(
        _ controller: HostileController, configKey: any Ed25519.SigningKey, rootKey: Ed25519.PrivateKey? = nil,
        by signers: [any Ed25519.SigningKey]
    ) throws -> WireEnvelope {
        var document = controller.keys.root.document
        document.version = 2
        document.keys.removeAll { $0.roles.contains(.config) }
        document.keys.append(.init(configKey.publicKey, roles: [.config]))
        if let rootKey {
            document.keys.removeAll { $0.roles.contains(.root) }
            document.keys.append(.init(rootKey.publicKey, roles: [.root]))
        }
        return try WireEnvelope(signing: document.payload(), as: .root, by: signers)
    }

    private func expectRefusal(
        _ reason: String, _ controller: HostileController, inForce: UInt64 = 5
    ) async {
        let report = await controller.report { $0.hasRefusal }
        #expect(report?.refusal.reason == reason)
        #expect(report?.generationInForce == inForce)
    }

    // MARK: Roots

    @Test func aRootWithTooFewSignaturesIsRefused() async throws {
        try await withAgent { controller, _ in
            let (configKey, rootKey) = (Ed25519.PrivateKey(), Ed25519.PrivateKey())
            controller.serve(
                root: try nextRoot(controller, configKey: configKey, rootKey: rootKey, by: [rootKey]), version: 2)
            controller.send(try signed(6, by: configKey))
            await expectRefusal("bad-root", controller)
        }
    }

    @Test func aConfigByAKeyThatTheNewerRootRevokedIsRefused() async throws {
        try await withAgent { controller, _ in
            let configKey = Ed25519.PrivateKey()
            let rootKey = try KeyFile(controller.folder + "/keys/root.key").readEd25519()
            controller.serve(root: try nextRoot(controller, configKey: configKey, by: [rootKey]), version: 2)
            controller.send(try signed(6, by: configKey))
            #expect(await controller.report { $0.generationInForce == 6 } != nil)
            // Who stole the old key has it still.
            controller.send(try signed(7, by: controller.keys.configKey))
            await expectRefusal("unknown-key", controller, inForce: 6)
        }
    }

    /// Otherwise who stole a key once would have locked everybody out for ever, whatever is rotated.
    @Test func theLastGenerationByAStolenKeyEndsWithTheKey() async throws {
        try await withAgent { controller, directory in
            controller.send(try signed(.max, by: controller.keys.configKey))
            #expect(await controller.report { $0.generationInForce == .max } != nil)
            let configKey = Ed25519.PrivateKey()
            let rootKey = try KeyFile(controller.folder + "/keys/root.key").readEd25519()
            controller.serve(root: try nextRoot(controller, configKey: configKey, by: [rootKey]), version: 2)
            controller.send(try signed(6, by: configKey))
            #expect(await controller.report { $0.generationInForce == 6 } != nil)
            controller.send(try signed(5, by: configKey))
            await expectRefusal("lower-generation", controller, inForce: 6)
            let stored = try #require(try AgentStore(path: directory.database).config())
            #expect(try WireNodeConfig(serializedBytes: stored.envelope.payload).generation == 6)
        }
    }

    /// A forged config of the generation that is in force with everybody else: the agent asks for the true one, and says
    /// that it has none.
    @Test func aConfigWhoseKeyIsRevokedIsAskedForAgain() async throws {
        try await withAgent { controller, _ in
            let configKey = Ed25519.PrivateKey()
            let rootKey = try KeyFile(controller.folder + "/keys/root.key").readEd25519()
            controller.serve(root: try nextRoot(controller, configKey: configKey, by: [rootKey]), version: 2)
            var watches = controller.watches.makeAsyncIterator()
            // A timestamp is the first that it hears of the new root.
            controller.send(try timestamp(controller, root: 2))
            await expectTimestampRefusal("missing-config", controller)
            #expect(await watches.next() == "0")
            #expect(await watches.next() == "0")
            var config = Self.config(5)
            config.role = .gateway
            controller.send(try ConfigSigner(key: configKey).sign(config))
            let digest = Data(SHA256Digest.of(try config.serializedBytes() as [UInt8]))
            #expect(await controller.report { $0.configDigest == digest } != nil)
        }
    }

    @Test func underAnExpiredRootNothingIsTaken() async throws {
        var lifetimes = ControllerKeys.Lifetimes()
        lifetimes.root = .seconds(1800)
        let clock = TestClock()
        try await withAgent(lifetimes: lifetimes, clock: clock) { controller, directory in
            clock.advance(by: 1801)
            controller.send(try signed(6, by: controller.keys.configKey))
            await expectRefusal("expired-root", controller)
            // What runs, runs on, after a restart too.
            let stored = try #require(try AgentStore(path: directory.database).config())
            #expect(try WireNodeConfig(serializedBytes: stored.envelope.payload).generation == 5)
        }
    }

    // MARK: Segments

    /// One generation's peers with another's rules would let in whom no commit has let in.
    @Test func segmentsOfTwoGenerationsAreNotMixed() async throws {
        try await withAgent { controller, _ in
            func segments(_ generation: UInt64) throws -> [(Data, Data)] {
                let peers = WireSegment.with {
                    $0.peers.peers = [.with { $0.publicKey = Data(repeating: UInt8(generation), count: 32) }]
                }
                let rules = WireSegment.with { $0.rules.rules = [.with { $0.name = "\(generation)/web" }] }
                return [try peers.encodedWithDigest(), try rules.encodedWithDigest()].map { ($0.bytes, $0.digest) }
            }
            func config(_ generation: UInt64, _ segments: [(Data, Data)]) throws -> WireEnvelope {
                var config = Self.config(generation)
                config.publicKey = Data(repeating: 9, count: 32)
                config.networks = [
                    .with {
                        $0.cvlan = "office"
                        $0.peerSegments = [segments[0].1]
                        $0.ruleSegments = [segments[1].1]
                    }
                ]
                return try ConfigSigner(key: controller.keys.configKey).sign(config)
            }
            let (six, seven) = (try segments(6), try segments(7))
            controller.send(try config(6, six), segments: six.map(\.0))
            // Beside a macro's closure, Swift 6.3 may give one of the same type outside of it the same symbol.
            let good = await controller.report { $0.generationInForce == 6 }
            #expect(good != nil)
            controller.send(try config(7, seven), segments: [six[0].0, seven[1].0])
            await expectRefusal("bad-segment", controller, inForce: 6)
            // A segment under another one's hash.
            controller.serve(segment: six[0].0, digest: seven[0].1, failures: 0)
            controller.send(try config(8, seven), segments: [seven[1].0])
            let report = await controller.report { $0.hasRefusal && $0.refusal.refusedGeneration == 8 }
            #expect(report?.refusal.reason == "bad-segment")
            #expect(report?.generationInForce == 6)
        }
    }

    // MARK: Timestamps

    private func timestamp(
        _ controller: HostileController, node: String = "laptop-1", generation: UInt64 = 5, age: TimeInterval = 1,
        root: UInt64 = 1
    ) throws -> WireUpdate {
        let issued = Date() - age
        let timestamp = ConfigTimestamp(
            tenant: "acme", node: node, config: GenerationFloor(generation: generation, digest: digestOfFive),
            issuedAt: issued, expires: issued + 3600, rootVersion: root)
        let envelope = try TimestampSigner(key: controller.keys.timestampKey).sign(timestamp)
        return WireUpdate.with {
            $0.heartbeat = true
            $0.timestamp = envelope
        }
    }

    private func expectTimestampRefusal(_ reason: String, _ controller: HostileController) async {
        let report = await controller.report { $0.freshness.hasRefusal }
        #expect(report?.freshness.refusal.reason == reason)
        #expect(report?.generationInForce == 5)
        // It is no refusal of a config: that stands.
        #expect(report?.hasRefusal == false)
    }

    @Test func anOldTimestampIsRefusedAfterANewerOne() async throws {
        try await withAgent { controller, _ in
            controller.send(try timestamp(controller))
            let fresh = await controller.report { $0.freshness.expires > 0 }
            #expect(fresh.map { $0.freshness.expires > Int64(Date().timeIntervalSince1970) } == true)
            controller.send(try timestamp(controller, age: 400))
            await expectTimestampRefusal("old-timestamp", controller)
            // The next good one ends that.
            controller.send(try timestamp(controller, age: 0))
            #expect(await controller.report { !$0.freshness.hasRefusal } != nil)
        }
    }

    @Test func anotherNodesTimestampIsRefused() async throws {
        try await withAgent { controller, _ in
            controller.send(try timestamp(controller, node: "laptop-2"))
            await expectTimestampRefusal("wrong-node", controller)
        }
    }

    @Test func aTimestampOfAConfigThatIsHeldBackIsRefused() async throws {
        try await withAgent { controller, _ in
            controller.send(try timestamp(controller, generation: 6))
            await expectTimestampRefusal("missing-config", controller)
        }
    }

    @Test func aTimestampThatHasRunOutIsRefused() async throws {
        try await withAgent { controller, _ in
            controller.send(try timestamp(controller, age: 3601))
            await expectTimestampRefusal("expired-timestamp", controller)
        }
    }

    @Test func aTimestampUnderANewerRootBringsTheAgentToFetchIt() async throws {
        try await withAgent { controller, directory in
            controller.send(try timestamp(controller, root: 2))
            await expectTimestampRefusal("missing-root", controller)
            let rootKey = try KeyFile(controller.folder + "/keys/root.key").readEd25519()
            controller.serve(
                root: try nextRoot(controller, configKey: controller.keys.configKey, by: [rootKey]), version: 2)
            controller.send(try timestamp(controller, root: 2))
            #expect(await controller.report { !$0.freshness.hasRefusal } != nil)
            let stored = try #require(try AgentStore(path: directory.database).root())
            #expect(try RootDocument(payload: stored.payload).version == 2)
        }
    }

    /// Nothing but the clock says that a timestamp has run out.
    @Test func aClockThatIsSetBackMakesNothingFreshAgain() async throws {
        try await withAgent { controller, directory in
            controller.send(try timestamp(controller))
            #expect(await controller.report { $0.freshness.expires > 0 } != nil)
            let config = try self.config(of: directory)
            #expect(await config.freshness(at: Date() - 299).state == .fresh)
            let behind = await config.freshness(at: Date() - 86400)
            #expect(behind.state == .clock)
            #expect(behind.staleness.hasPrefix("this machine's clock is behind"))
            // One that ran out before the last was issued.
            let old = try timestamp(controller, age: 7200).timestamp
            let refusal = await #expect(throws: ConfigRefusal.self) {
                try await config.take(timestamp: old, now: Date() - 7000)
            }
            #expect(refusal?.reason == .expiredTimestamp)
        }
    }

    @Test func aRootThatHadRunOutIsNotMadeGoodByTheClock() async throws {
        var lifetimes = ControllerKeys.Lifetimes()
        lifetimes.root = .seconds(1800)
        try await withAgent(lifetimes: lifetimes) { controller, directory in
            let config = try self.config(of: directory)
            // The last word came shortly before the root ran out, from a clock that was a little ahead.
            let later = try timestamp(controller, age: -1850).timestamp
            _ = try await config.take(timestamp: later, now: Date() + 1600)
            let refusal = await #expect(throws: ConfigRefusal.self) {
                try await config.take(
                    try signed(6, by: controller.keys.configKey), segments: [:], now: Date())
            }
            #expect(refusal?.reason == .expiredRoot)
        }
    }

    /// Who stole it may have vouched for whatever is in force.
    @Test func aTimestampByAKeyThatTheNewerRootRevokedCountsNoMore() async throws {
        try await withAgent { controller, directory in
            controller.send(try timestamp(controller))
            #expect(await controller.report { $0.freshness.expires > 0 } != nil)
            let config = try self.config(of: directory)
            var document = controller.keys.root.document
            document.version = 2
            document.replace(.timestamp, by: Ed25519.PrivateKey().publicKey)
            let rootKey = try KeyFile(controller.folder + "/keys/root.key").readEd25519()
            try await config.updateRoot(
                with: try WireEnvelope(signing: document.payload(), as: .root, by: [rootKey]))
            #expect(await config.freshness(at: Date()).state == .never)
            let again = try self.config(of: directory)
            #expect(await again.freshness(at: Date()).state == .never)
        }
    }

    /// As an agent takes it up that starts now.
    private func config(of directory: StateDirectory) throws -> ConfigInForce {
        let store = try AgentStore(path: directory.database)
        return try ConfigInForce(
            store: store, root: directory.trustedRoot(store: store), identity: directory.loadIdentity(),
            logger: .init(label: "agent"))
    }

    /// What it took last, and when, outlives the agent: a restart does not make it forget.
    @Test func theLastTimestampOutlivesTheAgent() async throws {
        try await withAgent { controller, directory in
            controller.send(try timestamp(controller))
            #expect(await controller.report { $0.freshness.expires > 0 } != nil)
            let again = try config(of: directory)
            #expect(await again.freshness(at: Date()).state == .fresh)
            let old = try timestamp(controller, age: 400).timestamp
            let refusal = await #expect(throws: ConfigRefusal.self) {
                try await again.take(timestamp: old, now: Date())
            }
            #expect(refusal?.reason == .oldTimestamp)
        }
    }
}
