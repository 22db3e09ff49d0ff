import FoundationEssentials
import Sodium
import TestRandom
import Testing
import Trust
import WireFormat

/// Bytes of strangers: every parser answers with its error and nothing else. Seeded, so that a failure repeats.
struct GarbageTests {
    @Test func randomBytesNeverTrap() throws {
        var generator = SeededRandom(20)
        let fixtures = try Fixtures()
        let verifier = ConfigVerifier(root: try fixtures.root(), tenant: "acme", node: "laptop")
        for _ in 0..<3000 {
            let bytes = generator.bytes(Int.random(in: 0..<200, using: &generator))
            check(bytes, fixtures, verifier)
        }
    }

    @Test func damagedDocumentsNeverTrapAndAreNeverTaken() throws {
        var generator = SeededRandom(21)
        let fixtures = try Fixtures()
        let root = try fixtures.root()
        let verifier = ConfigVerifier(root: root, tenant: "acme", node: "laptop")
        let (config, segments) = try fixtures.config()
        let envelope = try ConfigSigner(key: fixtures.configKey).sign(config)
        let originals: [[UInt8]] = [
            try envelope.serializedBytes(), try root.envelope.serializedBytes(), Array(root.envelope.payload),
            Array(envelope.payload), Array(try CertificateRequest.make(node: "a", key: CertificateKey())),
        ]
        for round in 0..<4000 {
            var bytes = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) { damage(&bytes, &generator) }
            check(bytes, fixtures, verifier)
            // Signed garbage goes past the signature, to the parsers behind it.
            let signed = try WireEnvelope(signing: Data(bytes), as: .nodeConfig, by: [fixtures.configKey])
            _ = try? verifier.verify(signed, floor: nil, now: Fixtures.now) { segments[$0] ?? Data(bytes) }
        }
    }

    private func check(_ bytes: [UInt8], _ fixtures: Fixtures, _ verifier: ConfigVerifier) {
        let data = Data(bytes)
        if let envelope = try? WireEnvelope(decoding: data) {
            _ = try? verifier.verify(envelope, floor: nil, now: Fixtures.now) { _ in data }
            _ = try? verifier.root.updated(with: envelope)
        }
        _ = try? RootDocument(payload: data)
        _ = try? CertificateRequest(der: data)
        _ = try? NodeIdentity(certificate: data)
        _ = try? CertificateChain(pem: data)
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? UnverifiedJoinToken(text)
        _ = try? PASETO(parsing: "v4.public." + Base64.encode(bytes, .urlSafe))
        _ = try? PASERK.publicKey(text)
        _ = NodeIdentity(text)
        _ = RootPin(text)
        _ = ServerName(text)
    }

    private func damage(_ bytes: inout [UInt8], _ generator: inout SeededRandom) {
        guard let index = bytes.indices.randomElement(using: &generator) else { return }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[index] = 0xFF
        case 2: bytes.remove(at: index)
        default: bytes.removeSubrange(index...)
        }
    }
}
