import FoundationEssentials
import Sodium
import Testing
import Trust
import WireFormat

struct TimestampTests {
    private let fixtures: Fixtures
    private let verifier: ConfigVerifier
    private let inForce = GenerationFloor(generation: 7, digest: Data(repeating: 1, count: 32))

    init() throws {
        fixtures = try Fixtures()
        verifier = ConfigVerifier(root: try fixtures.root(), tenant: "acme", node: "laptop")
    }

    /// Issued so many seconds before now, for an hour.
    private func timestamp(
        age: TimeInterval = 60, life: TimeInterval = 3600, node: String = "laptop", tenant: String = "acme",
        config: GenerationFloor? = nil, root: UInt64 = 1
    ) -> ConfigTimestamp {
        let issued = Fixtures.now - age
        return ConfigTimestamp(
            tenant: tenant, node: node, config: config ?? inForce, issuedAt: issued, expires: issued + life,
            rootVersion: root)
    }

    private func sign(_ timestamp: ConfigTimestamp, by key: Ed25519.PrivateKey? = nil) throws -> WireEnvelope {
        try TimestampSigner(key: key ?? fixtures.timestampKey).sign(timestamp)
    }

    private func verify(
        _ envelope: WireEnvelope, after last: VerifiedTimestamp? = nil, now: Date = Fixtures.now
    ) throws(ConfigRefusal) -> VerifiedTimestamp {
        try verifier.verify(timestamp: envelope, inForce: inForce, last: last, now: now)
    }

    private func reason(
        of envelope: WireEnvelope, after last: VerifiedTimestamp? = nil, now: Date = Fixtures.now
    ) -> ConfigRefusal.Reason? {
        do {
            _ = try verify(envelope, after: last, now: now)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func aGoodTimestampIsTakenAsItWasSigned() throws {
        let timestamp = timestamp()
        #expect(try verify(sign(timestamp)).timestamp == timestamp)
        // And so it is again when the agent starts.
        #expect(try verifier.verify(storedTimestamp: sign(timestamp)).timestamp == timestamp)
    }

    @Test func theSameTimestampGivesTheSameBytes() throws {
        #expect(try sign(timestamp()) == sign(timestamp()))
    }

    @Test func onlyTimestampKeysSignTimestamps() throws {
        for key in [fixtures.configKey, fixtures.rootKeys[0], Ed25519.PrivateKey()] {
            #expect(reason(of: try sign(timestamp(), by: key)) == .unknownKey)
        }
        let (config, _) = try fixtures.config()
        let signed = try ConfigSigner(key: fixtures.timestampKey).sign(config)
        let refusal = #expect(throws: ConfigRefusal.self) {
            try verifier.verify(signed, floor: nil, now: Fixtures.now) { _ in nil }
        }
        #expect(refusal?.reason == .unknownKey)
    }

    @Test func everyChangedByteIsRefused() throws {
        let bytes: [UInt8] = try sign(timestamp()).serializedBytes()
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x10
            guard let envelope = try? WireEnvelope(decoding: Data(changed)) else { continue }
            #expect(reason(of: envelope) != nil, "byte \(index)")
        }
    }

    @Test func aConfigIsNoTimestamp() throws {
        let (config, _) = try fixtures.config()
        #expect(reason(of: try ConfigSigner(key: fixtures.timestampKey).sign(config)) == .malformed)
    }

    @Test func anotherNodesTimestampIsRefused() throws {
        #expect(reason(of: try sign(timestamp(node: "desktop"))) == .wrongNode)
        #expect(reason(of: try sign(timestamp(tenant: "other"))) == .wrongNode)
        let refusal = #expect(throws: ConfigRefusal.self) {
            try verifier.verify(storedTimestamp: sign(timestamp(node: "desktop")))
        }
        #expect(refusal?.reason == .wrongNode)
    }

    @Test func anotherConfigIsNotVouchedFor() throws {
        let digest = Data(repeating: 1, count: 32)
        let other = GenerationFloor(generation: 7, digest: Data(repeating: 2, count: 32))
        #expect(reason(of: try sign(timestamp(config: other))) == .lowerGeneration)
        let older = GenerationFloor(generation: 6, digest: digest)
        #expect(reason(of: try sign(timestamp(config: older))) == .lowerGeneration)
        let newer = GenerationFloor(generation: 8, digest: digest)
        #expect(reason(of: try sign(timestamp(config: newer))) == .missingConfig)
        let refusal = #expect(throws: ConfigRefusal.self) {
            try verifier.verify(timestamp: sign(timestamp()), inForce: nil, last: nil, now: Fixtures.now)
        }
        #expect(refusal?.reason == .missingConfig)
        #expect(refusal?.claimedGeneration == 7)
    }

    @Test func aTimestampThatHasRunOutIsRefused() throws {
        let envelope = try sign(timestamp(age: 60, life: 3600))
        #expect(reason(of: envelope, now: Fixtures.now + 3539) == nil)
        #expect(reason(of: envelope, now: Fixtures.now + 3540) == .expiredTimestamp)
    }

    @Test func aTimestampOfTheFutureIsRefusedBeyondTheTolerance() throws {
        #expect(reason(of: try sign(timestamp(age: -300))) == nil)
        #expect(reason(of: try sign(timestamp(age: -301))) == .futureTimestamp)
    }

    @Test func timeNeverGoesBack() throws {
        let last = try verify(try sign(timestamp(age: 10)))
        #expect(reason(of: try sign(timestamp(age: 311)), after: last) == .oldTimestamp)
        // Two controllers whose clocks differ a little: the newer word stays.
        #expect(try verify(sign(timestamp(age: 310)), after: last) == last)
        let newer = timestamp(age: 9)
        #expect(try verify(sign(newer), after: last).timestamp == newer)
    }

    @Test func aTimestampUnderANewerRootSaysThatOneIsMissing() throws {
        #expect(reason(of: try sign(timestamp(root: 2))) == .missingRoot)
    }

    @Test func anExpiredRootTakesNothing() throws {
        let late = verifier.root.document.expires
        #expect(reason(of: try sign(timestamp()), now: late) == .expiredRoot)
    }

    @Test func aTimestampThatContradictsItselfIsMalformed() throws {
        var wire = WireTimestamp()
        (wire.tenant, wire.node, wire.generation) = ("acme", "laptop", 7)
        (wire.configDigest, wire.issuedAt, wire.expires) = (inForce.digest, 1_800_000_000, 1_800_003_600)
        let faults: [(inout WireTimestamp) -> Void] = [
            { $0.configDigest = Data(count: 31) },
            { $0.expires = $0.issuedAt },
            { $0.issuedAt = -1 },
            { $0.issuedAt = .min },
            { $0.expires = .max },
            { $0.expires = $0.issuedAt + 31 * 86400 + 1 },
        ]
        for fault in faults {
            var changed = wire
            fault(&changed)
            let envelope = try WireEnvelope(
                signing: changed.serializedBytes(), as: .timestamp, by: [fixtures.timestampKey])
            #expect(reason(of: envelope) == .malformed)
        }
        let garbage = try WireEnvelope(signing: Data([0xFF, 0xFF]), as: .timestamp, by: [fixtures.timestampKey])
        #expect(reason(of: garbage) == .malformed)
        let good = try WireEnvelope(signing: wire.serializedBytes(), as: .timestamp, by: [fixtures.timestampKey])
        #expect(reason(of: good) == nil)
    }
}
