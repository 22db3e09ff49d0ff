import Agent
import Foundation
import Logging
import ServiceLifecycle
import Sodium
import Testing
import Trust
import WireFormat

/// The whole agent, over real TLS, against a controller that sends what it should not.
@Suite struct RefusalTests {
    private func signed(
        _ generation: UInt64, node: String = "laptop-1", by key: any Ed25519.SigningKey, segment: Data? = nil,
        name: String? = nil
    ) throws -> WireEnvelope {
        var config = WireNodeConfig()
        config.tenant = "acme"
        config.node = node
        config.generation = generation
        if let segment {
            var network = WireNetworkConfig()
            network.cvlan = "office"
            network.mtu = 1420
            network.peerSegments = [segment]
            config.networks = [network]
            config.publicKey = Data(repeating: 7, count: 32)
        }
        if let name {
            var site = WireIPsecSite()
            site.node = "phone"
            site.localIdentity = name
            site.eap.user = "alice"
            var network = WireNetworkConfig()
            network.cvlan = "office"
            network.mtu = 1420
            network.ipsecSites = [site]
            config.networks = [network]
            config.publicKey = Data(repeating: 7, count: 32)
        }
        return try ConfigSigner(key: key).sign(config)
    }

    /// Waits for the certificate that the agent has stored, with a bound.
    private func stored(_ directory: StateDirectory, until condition: (CertificateChain) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try !condition(directory.loadCertificates()) {
            guard ContinuousClock.now < deadline else {
                Issue.record("the certificate never came")
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func aNameThatTheCertificateLacksIsAskedForAtOnce() async throws {
        try await withAgent { controller, directory in
            #expect(try directory.loadCertificates().dnsNames == [])
            controller.renew(with: [["vpn.acme.example"]])
            controller.send(try signed(6, by: controller.keys.configKey, name: "vpn.acme.example"))
            try await stored(directory) { $0.dnsNames == ["vpn.acme.example"] }
            // Another configuration with the same name asks for nothing.
            controller.send(try signed(7, by: controller.keys.configKey, name: "vpn.acme.example"))
            #expect(await controller.report { $0.generationInForce == 7 } != nil)
            #expect(controller.renewals == 1)
        }
    }

    /// A controller that is behind gives a certificate without it.
    @Test func aNameThatDoesNotComeIsAskedForAgainAfterAPause() async throws {
        try await withAgent { controller, directory in
            controller.renew(with: [[], ["vpn.acme.example"]])
            controller.send(try signed(6, by: controller.keys.configKey, name: "vpn.acme.example"))
            try await stored(directory) { $0.dnsNames == ["vpn.acme.example"] }
            #expect(controller.renewals == 2)
        }
    }

    private func expectRefusal(_ reason: String, of envelope: (HostileController) throws -> WireEnvelope) async throws {
        try await withAgent { controller, directory in
            controller.send(try envelope(controller))
            let report = await controller.report { $0.hasRefusal }
            #expect(report?.refusal.reason == reason)
            #expect(report?.generationInForce == 5)
            // What is stored, and so what a restarted agent runs, is the last good one too.
            let stored = try #require(try AgentStore(path: directory.database).config())
            #expect(try WireNodeConfig(serializedBytes: stored.envelope.payload).generation == 5)
        }
    }

    @Test func tamperedPayloadIsRefused() async throws {
        try await expectRefusal("bad-signature") { controller in
            var envelope = try signed(6, by: controller.keys.configKey)
            envelope.payload = try signed(7, by: controller.keys.configKey).payload
            return envelope
        }
    }

    @Test func replayedOlderGenerationIsRefused() async throws {
        try await expectRefusal("lower-generation") { try signed(4, by: $0.keys.configKey) }
    }

    @Test func anotherNodesConfigIsRefused() async throws {
        try await expectRefusal("wrong-node") { try signed(6, node: "laptop-2", by: $0.keys.configKey) }
    }

    @Test func keyThatTheRootDoesNotNameIsRefused() async throws {
        try await expectRefusal("unknown-key") { _ in try signed(6, by: Ed25519.PrivateKey()) }
    }

    @Test func rootKeyMayNotSignConfigs() async throws {
        try await expectRefusal("unknown-key") {
            try signed(6, by: try KeyFile($0.folder + "/keys/root.key").readEd25519())
        }
    }

    @Test func segmentThatCannotBeHadIsRefused() async throws {
        try await expectRefusal("bad-segment") {
            try signed(6, by: $0.keys.configKey, segment: Data(repeating: 1, count: 32))
        }
    }

    @Test func garbageIsRefused() async throws {
        try await expectRefusal("malformed") { controller in
            try WireEnvelope(signing: Data([0xFF, 0xFF]), as: .nodeConfig, by: [controller.keys.configKey])
        }
    }

    @Test func goodConfigAfterARefusedOneIsTaken() async throws {
        try await withAgent { controller, _ in
            controller.send(try signed(4, by: controller.keys.configKey))
            let refused = await controller.report { $0.hasRefusal }
            #expect(refused?.generationInForce == 5)
            controller.send(try signed(6, by: controller.keys.configKey))
            let report = await controller.report { $0.generationInForce == 6 }
            #expect(report?.hasRefusal == false)
        }
    }

    @Test func configWhoseSegmentFailedIsTakenAfterReconnecting() async throws {
        try await withAgent { controller, _ in
            var segment = WireSegment()
            segment.peers.peers = []
            let (bytes, digest) = try segment.encodedWithDigest()
            controller.serve(segment: bytes, digest: digest, failures: 1)
            controller.send(try signed(6, by: controller.keys.configKey, segment: digest))
            let report = await controller.report { $0.generationInForce == 6 || $0.hasRefusal }
            #expect(report?.generationInForce == 6)
            #expect(report?.hasRefusal == false)
        }
    }

    @Test func wrongPinEndsTheEnrolmentBeforeAnythingIsTold() async throws {
        let controller = try await HostileController()
        defer { controller.stop() }
        let directory = try StateDirectory(path: controller.folder + "/agent")
        let invitation = try Invitation(
            token: nil, controller: "https://127.0.0.1:\(controller.port)",
            root: "sha256:" + String(repeating: "0", count: 64), tenant: "acme", node: "laptop-1")
        await #expect(throws: RootError.self) {
            try await Enrollment.enroll(invitation, directory: directory, endpoints: [])
        }
        #expect(!directory.isEnrolled)
    }
}
