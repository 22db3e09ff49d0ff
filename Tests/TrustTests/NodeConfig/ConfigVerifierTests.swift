import FoundationEssentials
import Sodium
import Testing
import Trust
import WireFormat

struct ConfigVerifierTests {
    private let fixtures: Fixtures
    private let verifier: ConfigVerifier

    init() throws {
        fixtures = try Fixtures()
        verifier = ConfigVerifier(root: try fixtures.root(), tenant: "acme", node: "laptop")
    }

    @Test func aGoodConfigIsTakenWithItsSegments() throws {
        let (config, segments) = try fixtures.config()
        let verified = try verify(sign(config), segments)
        #expect(verified.config == config)
        #expect(verified.networks.map(\.peers.count) == [1])
        #expect(verified.networks.map { $0.rules.map(\.name) } == [["office/web"]])
        #expect(verified.networks.map { $0.addressSets.map(\.name) } == [["any"]])
        #expect(verified.segments == segments)
        #expect(verified.digest == Data(SHA256Digest.of(try config.serializedBytes() as [UInt8])))
    }

    @Test func aTamperedPayloadIsABadSignature() throws {
        let (config, segments) = try fixtures.config()
        var envelope = try sign(config)
        var changed = config
        changed.generation = 100
        envelope.payload = try changed.serializedBytes()
        let refusal = refusal { try verify(envelope, segments) }
        #expect(refusal?.reason == .badSignature)
        #expect(refusal?.claimedGeneration == 100)
    }

    @Test func everyChangedByteOfTheEnvelopeIsRefused() throws {
        let (config, segments) = try fixtures.config()
        let bytes: [UInt8] = try sign(config).serializedBytes()
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x10
            guard let envelope = try? WireEnvelope(decoding: Data(changed)) else { continue }
            #expect(refusal { try verify(envelope, segments) } != nil, "byte \(index)")
        }
    }

    @Test func anotherNodesConfigIsRefused() throws {
        for (tenant, node) in [("acme", "desktop"), ("other", "laptop")] {
            let (config, segments) = try fixtures.config(tenant: tenant, node: node)
            #expect(refusal { try verify(try sign(config), segments) }?.reason == .wrongNode)
        }
    }

    @Test func aKeyThatTheRootDoesNotNameIsUnknown() throws {
        let (config, segments) = try fixtures.config()
        let envelope = try ConfigSigner(key: Ed25519.PrivateKey()).sign(config)
        #expect(refusal { try verify(envelope, segments) }?.reason == .unknownKey)
    }

    @Test func aRootKeySignsNoConfig() throws {
        let (config, segments) = try fixtures.config()
        let envelope = try ConfigSigner(key: fixtures.rootKeys[0]).sign(config)
        #expect(refusal { try verify(envelope, segments) }?.reason == .unknownKey)
    }

    @Test func aLowerGenerationIsRefused() throws {
        let (inForce, segments) = try fixtures.config(generation: 8)
        let floor = try verify(sign(inForce), segments).floor
        let (older, _) = try fixtures.config(generation: 7)
        let refusal = refusal { try verify(try sign(older), segments, floor: floor) }
        #expect(refusal?.reason == .lowerGeneration)
        #expect(refusal?.wire.refusedGeneration == 7)
        let (newer, _) = try fixtures.config(generation: 9)
        #expect(try verify(sign(newer), segments, floor: floor).generation == 9)
    }

    @Test func theSameGenerationIsTakenWithTheSameContentAlone() throws {
        let (config, segments) = try fixtures.config()
        let floor = try verify(sign(config), segments).floor
        #expect(try verify(sign(config), segments, floor: floor).generation == 7)
        var other = config
        other.networks[0].mtu = 1400
        #expect(refusal { try verify(try sign(other), segments, floor: floor) }?.reason == .lowerGeneration)
    }

    @Test func anExpiredRootTakesNothing() throws {
        let (config, segments) = try fixtures.config()
        let late = verifier.root.document.expires
        #expect(refusal { try verify(try sign(config), segments, now: late) }?.reason == .expiredRoot)
    }

    @Test func aMissingChangedOrMisplacedSegmentIsRefused() throws {
        let (config, segments) = try fixtures.config()
        let envelope = try sign(config)
        for digest in segments.keys {
            var missing = segments
            missing[digest] = nil
            #expect(refusal { try verify(envelope, missing) }?.reason == .badSegment)
            var changed = segments
            // An unknown field: still a segment, of the same content even, but not the one that is named.
            changed[digest]?.append(contentsOf: [0x78, 1])
            #expect(refusal { try verify(envelope, changed) }?.reason == .badSegment)
        }
        var misplaced = config
        misplaced.networks[0].peerSegments = config.networks[0].ruleSegments
        #expect(refusal { try verify(try sign(misplaced), segments) }?.reason == .badSegment)
    }

    @Test func aSegmentWhoseContentFitsNothingIsRefused() throws {
        let key = Data(fixtures.nodeKey.publicKey.bytes)
        let faults: [WireSegment] = [
            .with { $0.peers.peers = [.with { $0.publicKey = Data(count: 31) }] },
            .with { $0.peers.peers = [.with { $0.publicKey = key }, .with { $0.publicKey = key }] },
            .with {
                $0.peers.peers = [
                    .with {
                        $0.publicKey = key; $0.allowedIps = [.with { $0.address = Data(count: 5) }]
                    }
                ]
            },
            WireSegment(),
        ]
        for fault in faults {
            var (config, segments) = try fixtures.config()
            config.networks[0].peerSegments = [try fixtures.add(fault, to: &segments)]
            #expect(refusal { try verify(try sign(config), segments) }?.reason == .badSegment)
        }
        let rules: [WireFilterRule] = [
            .with { $0.from = ["nobody"] },
            .with { $0.ports = [.with { $0.protocol = 256 }] },
            .with {
                $0.ports = [
                    .with {
                        $0.firstPort = 2; $0.lastPort = 1
                    }
                ]
            },
        ]
        for rule in rules {
            var (config, segments) = try fixtures.config()
            let segment = WireSegment.with { $0.rules.rules = [rule] }
            config.networks[0].ruleSegments = [try fixtures.add(segment, to: &segments)]
            #expect(refusal { try verify(try sign(config), segments) }?.reason == .badSegment)
        }
    }

    @Test func aSignedConfigThatContradictsItselfIsMalformed() throws {
        let (good, segments) = try fixtures.config()
        let faults: [(inout WireNodeConfig) -> Void] = [
            { $0.generation = 0 },
            { $0.publicKey = Data(count: 31) },
            { $0.networks.append($0.networks[0]) },
            { $0.networks[0].cvlan = "../etc" },
            { $0.networks[0].listenPort = 65536 },
            { $0.networks[0].mtu = 65536 },
            {
                $0.networks[0].cidrs = [
                    .with {
                        $0.address = Data(count: 4); $0.length = 33
                    }
                ]
            },
            { $0.networks[0].addresses = [.with { $0.address = Data() }] },
            { $0.networks[0].peerSegments = [Data(count: 31)] },
        ]
        for fault in faults {
            var config = good
            fault(&config)
            #expect(refusal { try verify(try sign(config), segments) }?.reason == .malformed)
        }
    }

    @Test func anEnvelopeOfSomethingElseIsMalformed() throws {
        let root = try fixtures.root().envelope
        #expect(refusal { try verify(root, [:]) }?.reason == .malformed)
        let garbage = try WireEnvelope(signing: Data([0xFF, 0xFF]), as: .nodeConfig, by: [fixtures.configKey])
        #expect(refusal { try verify(garbage, [:]) }?.reason == .malformed)
        #expect(refusal { try verify(WireEnvelope(), [:]) }?.reason == .malformed)
    }

    @Test func aRemovedNodeTakesItsEmptyConfig() throws {
        let config = WireNodeConfig.with {
            $0.tenant = "acme"; $0.node = "laptop"; $0.generation = 9
        }
        #expect(try verify(sign(config), [:]).networks.isEmpty)
    }

    @Test func reasonsAreThoseOfTheProtocol() {
        #expect(
            ConfigRefusal.Reason.allCases.map(\.rawValue) == [
                "bad-signature", "wrong-node", "unknown-key", "lower-generation", "expired-root", "bad-root",
                "bad-segment", "malformed", "old-timestamp", "expired-timestamp", "future-timestamp", "missing-config",
                "missing-root",
            ])
    }

    private func sign(_ config: WireNodeConfig) throws -> WireEnvelope {
        try ConfigSigner(key: fixtures.configKey).sign(config)
    }

    private func verify(
        _ envelope: WireEnvelope, _ segments: [Data: Data], floor: GenerationFloor? = nil, now: Date = Fixtures.now
    ) throws(ConfigRefusal) -> VerifiedConfig {
        try verifier.verify(envelope, floor: floor, now: now) { segments[$0] }
    }

    private func refusal(_ body: () throws -> some Any) -> ConfigRefusal? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? ConfigRefusal
        }
    }
}
