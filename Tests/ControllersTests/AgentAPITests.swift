import Controllers
import Foundation
import Reconciling
import Sodium
import Testing
import Trust
import WireFormat

/// The agent API over mutual TLS.
struct AgentAPITests {
    let fleet = Fleet()

    private func run(
        _ body: @Sendable @escaping (RunningController, GitServer) async throws -> Void
    ) async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        try await RunningController.with(TestController(git.bare)) { try await body($0, git) }
    }

    private var laptop: Machine { Machine("laptop", key: fleet.clientKey) }
    private var gateway: Machine { Machine("gw", key: fleet.gatewayKey) }

    private func config(_ update: WireUpdate) throws -> WireNodeConfig {
        try WireNodeConfig(serializedBytes: update.config.payload)
    }

    @Test func theFirstUpdateIsSignedAndWhole() async throws {
        try await run { running, _ in
            let agent = try await laptop.enrolled(with: running)
            let update = try #require(try await agent.watch().next())
            let keys = try running.controller.keys.root.document.publicKeys(for: .config)
            let payload = try update.config.verified(as: .nodeConfig, by: keys)
            let config = try WireNodeConfig(serializedBytes: payload)
            #expect(config.node == "laptop")
            let named = config.networks.flatMap { $0.peerSegments + $0.addressSetSegments + $0.ruleSegments }
            #expect(Set(update.segments.map { WireSegment.digest(ofEncoded: $0) }) == Set(named))
            // Each of them can be had by its hash too.
            let digest = try #require(named.first)
            let answer = try await agent.get("/v1/agent/segments/\(Hex.encode(digest))")
            #expect(WireSegment.digest(ofEncoded: answer.body) == digest)
        }
    }

    @Test func anAgentThatHasTheGenerationGetsAHeartbeatAtOnce() async throws {
        try await run { running, _ in
            let agent = try await laptop.enrolled(with: running)
            let update = try await agent.watch(from: 1).next { _ in true }
            #expect(update?.heartbeat == true)
            #expect(update?.hasConfig == false)
        }
    }

    @Test func commitsThatComeWhileAnUpdateIsUnansweredAreOneUpdate() async throws {
        try await run { running, git in
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch()
            let first = try #require(try await watch.next())
            for port in 80...84 {
                let commit = try await git.commit([
                    "tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/\(port)")
                ])
                try await running.reconciled(to: commit)
            }
            #expect(running.service.board.current?.height == 6)
            _ = try await agent.post("/v1/agent/report", try WireReport.of(first))
            let second = try #require(try await watch.next())
            #expect(try config(second).generation == 6)
            // Only what changed is carried.
            #expect(second.segments.count < first.segments.count)
            _ = try await agent.post("/v1/agent/report", try WireReport.of(second))
            let nodes = try await agent.json(NodesDocument.self, "/v1/nodes?tenant=acme")
            let node = try #require(nodes.nodes.first { $0.name == "laptop" })
            #expect(node.isConverged && node.isConnected)
            #expect(node.observedGeneration == 6)
        }
    }

    @Test func aChangeReachesConnectedAgentsWithoutBeingAskedFor() async throws {
        try await run { running, git in
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch(from: 1)
            _ = try await watch.next { $0.heartbeat }
            try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/80")])
            let update = try #require(try await watch.next())
            #expect(try config(update).generation == 2)
        }
    }

    @Test func aRefusalIsShownAndTheNextUpdateStillComes() async throws {
        try await run { running, git in
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch()
            _ = try await watch.next()
            let refusal = try WireReport.with {
                $0.refusal.reason = "lower-generation"
                $0.refusal.detail = "has 7"
                $0.generationInForce = 0
            }.serializedData()
            #expect(try await agent.post("/v1/agent/report", refusal).status == 204)
            let nodes = try await agent.json(NodesDocument.self, "/v1/nodes")
            #expect(nodes.nodes.first { $0.name == "laptop" }?.refusal == "lower-generation: has 7")
            try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/80")])
            let update = try #require(try await watch.next())
            #expect(try config(update).generation == 2)
        }
    }

    @Test func aRemovedNodeGetsASignedFarewellAndIsRefusedFromThenOn() async throws {
        try await run { running, git in
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch()
            #expect(try config(try #require(try await watch.next())).networks.count == 1)
            try await git.commit(["tenants/acme/nodes/laptop.yaml": nil])
            let farewell = try #require(try await watch.next())
            let keys = try running.controller.keys.root.document.publicKeys(for: .config)
            let payload = try farewell.config.verified(as: .nodeConfig, by: keys)
            let config = try WireNodeConfig(serializedBytes: payload)
            #expect(config.networks.isEmpty)
            #expect(config.generation == 2)
            #expect(try await watch.next({ _ in true }) == nil)
            for path in ["/v1/agent/watch", "/v1/agent/segments/\(String(repeating: "0", count: 64))"] {
                let answer = try await agent.get(path)
                #expect(answer.status == 403)
                #expect(answer.code == "node-removed")
            }
            #expect(try await agent.post("/v1/agent/report", Data()).code == "node-removed")
            #expect(try await agent.post("/v1/agent/renew", Data()).code == "node-removed")
        }
    }

    @Test func aMachineWhoseKeyWasReplacedIsOutThoughItsCertificateHolds() async throws {
        try await run { running, git in
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch()
            #expect(try await watch.next() != nil)
            let other = X25519.PrivateKey()
            let commit = try await git.commit([
                "tenants/acme/nodes/laptop.yaml": fleet.node("laptop", other.publicKey)
            ])
            try await running.reconciled(to: commit)
            // The stream ends, and carries nothing of the new machine's.
            #expect(try await watch.next({ _ in true }) == nil)
            #expect(try await agent.get("/v1/agent/watch").code == "key-replaced")
            #expect(try await agent.post("/v1/agent/renew", Data()).code == "key-replaced")
            let renewed = try await Machine("laptop", key: other).enrolled(with: running)
            #expect(try await renewed.watch().next() != nil)
        }
    }

    @Test func withoutACertificateOfOurAuthorityNothingIsServed() async throws {
        try await run { running, _ in
            let anonymous = Curl(running: running)
            for path in ["/v1/agent/watch", "/v1/agent/segments/00"] {
                let answer = try await anonymous.get(path)
                #expect(answer.status == 401)
                #expect(answer.code == "certificate-needed")
            }
            var generator = SystemRandomNumberGenerator()
            let domain = try #require(TrustDomain("acme.example"))
            let stranger = try CertificateAuthority.make(
                trustDomain: domain, lifetime: .seconds(3600), now: Date(), using: &generator)
            let key = CertificateKey(.p256)
            let identity = try #require(NodeIdentity(trustDomain: domain, tenant: "acme", node: "laptop"))
            let request = try CertificateRequest(der: CertificateRequest.make(node: "laptop", key: key))
            let chain = try stranger.issueNode(
                identity, for: request, lifetime: .seconds(3600), now: Date(), using: &generator)
            let forged = Curl(running: running, identity: try NodeFiles(chain: chain, key: key))
            // The handshake itself fails.
            await #expect(throws: Shell.Failure.self) { try await forged.get("/v1/agent/watch") }
        }
    }

    @Test func segmentsOfOthersAreNotServed() async throws {
        let git = try await GitServer()
        let globex = Fleet("globex")
        var files = fleet.files.merging(globex.files) { a, _ in a }
        files["tenants/globex/policies/ssh.yaml"] = globex.policy(port: "tcp/4444")
        try await git.commit(files)
        try await RunningController.with(TestController(git.bare)) { running in
            let agent = try await laptop.enrolled(with: running)
            let nodes = try #require(running.service.board.current).nodes
            let theirs = try #require(nodes[NodeKey(tenant: "globex", node: "laptop")]).segments
            let ours = try #require(nodes[NodeKey(tenant: "acme", node: "laptop")]).segments
            let digest = try #require(theirs.first { !ours.contains($0) })
            #expect(try await agent.get("/v1/agent/segments/\(Hex.encode(digest))").status == 404)
        }
    }

    @Test func renewingGivesACertificateForTheSameNode() async throws {
        try await run { running, _ in
            let agent = try await gateway.enrolled(with: running)
            let request = try WireRenewRequest.with {
                $0.csr = try CertificateRequest.make(node: "gw", key: CertificateKey(.p384))
            }.serializedData()
            let answer = try await agent.post("/v1/agent/renew", request)
            #expect(answer.status == 200)
            let chain = try CertificateChain(try WireRenewResponse(serializedBytes: answer.body).certificates)
            let identity = try await CertificateVerifier(root: running.controller.keys.root.document)
                .verify(chain, now: Date())
            #expect(identity.node == "gw")
            // Gateways renew often.
            #expect(chain.notAfter < Date() + 8 * 3600 + 60)
        }
    }

    @Test func anExpiredCertificateIsRefused() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        try await RunningController.with(
            TestController(git.bare), { $0.lifetimes.client = .seconds(2) },
            { running in
                let agent = try await laptop.enrolled(with: running)
                #expect(try await agent.post("/v1/agent/report", Data()).status == 204)
                // The handshake fails once the time is over, so curl does.
                try await eventually("refused") { (try? await agent.post("/v1/agent/report", Data()))?.status != 204 }
            })
    }

    @Test func hintsGoToThePeersOfTheSameNetwork() async throws {
        try await run { running, _ in
            let gateway = try await gateway.enrolled(with: running)
            let laptop = try await laptop.enrolled(with: running)
            let watch = try laptop.watch(from: 1)
            _ = try await watch.next { $0.heartbeat }
            let report = try WireReport.with {
                $0.generationInForce = 1
                $0.networks = [
                    .with {
                        $0.cvlan = "office"
                        $0.endpoints = ["198.51.100.7:51820", "10.100.0.9:51820", "127.0.0.1:51820", "nonsense"]
                    }
                ]
            }.serializedData()
            _ = try await gateway.post("/v1/agent/report", report)
            let update = try #require(try await watch.next { !$0.hints.isEmpty })
            let hint = try #require(update.hints.first)
            #expect(hint.cvlan == "office")
            #expect(Array(hint.publicKey) == fleet.gatewayKey.publicKey.bytes)
            #expect(hint.endpoints == ["198.51.100.7:51820"])
            // Whoever comes later is told what is known.
            let later = try #require(try await laptop.watch(from: 1).next { !$0.hints.isEmpty })
            #expect(later.hints.first?.endpoints == ["198.51.100.7:51820"])
        }
    }

    /// IKE and ESP have ports of their own, and of a NAT others than those of WireGuard.
    @Test func wherePeersAreSeenByIPsecIsToldApart() async throws {
        try await run { running, _ in
            let laptop = try await laptop.enrolled(with: running)
            let watch = try laptop.watch(from: 1)
            _ = try await watch.next { $0.heartbeat }
            let seen = { (endpoint: String, isIPsec: Bool) in
                WirePeerReport.with {
                    $0.publicKey = Data(fleet.gatewayKey.publicKey.bytes)
                    ($0.endpoint, $0.ipsec) = (endpoint, isIPsec)
                    $0.lastHandshake = 1_800_000_000
                }
            }
            let report = try WireReport.with {
                $0.generationInForce = 1
                $0.networks = [
                    .with {
                        $0.cvlan = "office"
                        $0.peers = [seen("198.51.100.7:51820", false), seen("198.51.100.7:61000", true)]
                    }
                ]
            }.serializedData()
            _ = try await laptop.post("/v1/agent/report", report)
            let update = try #require(try await watch.next { !$0.hints.isEmpty })
            let hints = Dictionary(uniqueKeysWithValues: update.hints.map { ($0.ipsec, $0.endpoints) })
            #expect(hints == [false: ["198.51.100.7:51820"], true: ["198.51.100.7:61000"]])
        }
    }

    @Test func stoppingEndsTheStreams() async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let watch = try await RunningController.with(TestController(git.bare)) { running in
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch()
            _ = try await watch.next()
            return watch
        }
        #expect(try await watch.next({ _ in true }) == nil)
    }

    @Test func aNewerStreamOfANodeTakesThePlaceOfTheOlder() async throws {
        try await run { running, _ in
            let agent = try await laptop.enrolled(with: running)
            let older = try agent.watch(from: 1)
            _ = try await older.next { _ in true }
            let newer = try agent.watch(from: 1)
            _ = try await newer.next { _ in true }
            #expect(try await older.next({ _ in true }) == nil)
            #expect(running.service.sessions.count == 1)
        }
    }
}
