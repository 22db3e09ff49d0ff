import Crypto
import FoundationEssentials
import Sodium
import Testing
import Trust
import WireFormat

struct DSSETests {
    private let payload = Data("hello world".utf8)

    /// The example of DSSE's protocol.md. Its signature is ECDSA's over the encoding.
    @Test func encodingIsThePublishedOne() throws {
        let encoding = DSSE.preAuthenticationEncoding(payloadType: "http://example.com/HelloWorld", payload: payload)
        #expect(String(decoding: encoding, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
        let point =
            "67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238"
            + "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74"
        let key = try P256.Signing.PublicKey(rawRepresentation: try hex(point))
        let signature = try #require(
            Base64.decode(
                "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="))
        let ecdsa = try P256.Signing.ECDSASignature(rawRepresentation: signature)
        #expect(key.isValidSignature(ecdsa, for: encoding))
    }

    @Test func lengthsAreOfBytesAndOfNothing() {
        #expect(DSSE.preAuthenticationEncoding(payloadType: "é", payload: []) == Array("DSSEv1 2 é 0 ".utf8))
    }

    /// What Python's securesystemslib 1.2.0 makes of the same payload with the same key. Ed25519 is deterministic: who signs
    /// the same bytes makes the same signature. The other direction is `Tests/check-dsse`.
    @Test func securesystemslibSignsTheSame() throws {
        let seed = [UInt8](repeating: 7, count: 32)
        let key = try #require(Ed25519.PrivateKey(seed: SecretBytes(copying: seed)))
        let published = try #require(
            Base64.decode(
                "HIVAdPDca8/N5XTY2z/yTeqcdSgczg4M6YvzP+afyjFJvse7CHFZd5V/2QdwKbaq+0u0cMkiq87A4gyRuabcDQ=="))
        let own = try WireEnvelope(signing: payload, as: .root, by: [key])
        #expect(own.signatures.map(\.sig) == [Data(published)])
        var envelope = own
        envelope.signatures = [.with { $0.sig = Data(published) }]
        #expect(try envelope.verified(as: .root, by: [key.publicKey]) == payload)
    }

    @Test func aSignedPayloadComesBack() throws {
        let key = Ed25519.PrivateKey()
        let sent = try WireEnvelope(signing: payload, as: .root, by: [key])
        let envelope = try WireEnvelope(decoding: try sent.serializedBytes())
        #expect(try envelope.verified(as: .root, by: [key.publicKey]) == payload)
    }

    @Test func aSignatureOnOneKindIsNoneOnAnother() throws {
        let key = Ed25519.PrivateKey()
        var envelope = try WireEnvelope(signing: payload, as: .root, by: [key])
        #expect(code { try envelope.verified(as: .nodeConfig, by: [key.publicKey]) } == .wrongType)
        envelope.payloadType = PayloadType.nodeConfig.rawValue
        #expect(code { try envelope.verified(as: .nodeConfig, by: [key.publicKey]) } == .badSignature)
    }

    @Test func anotherKeyIsUnknownAndAForgedIdIsABadSignature() throws {
        let key = Ed25519.PrivateKey()
        var envelope = try WireEnvelope(signing: payload, as: .root, by: [Ed25519.PrivateKey()])
        #expect(code { try envelope.verified(as: .root, by: [key.publicKey]) } == .unknownKey)
        envelope.signatures[0].keyid = KeyID(of: key.publicKey).description
        #expect(code { try envelope.verified(as: .root, by: [key.publicKey]) } == .badSignature)
        envelope.signatures = []
        #expect(code { try envelope.verified(as: .root, by: [key.publicKey]) } == .unknownKey)
    }

    @Test func theKeyIdIsOnlyAHint() throws {
        let key = Ed25519.PrivateKey()
        var envelope = try WireEnvelope(signing: payload, as: .root, by: [key])
        envelope.signatures[0].keyid = ""
        #expect(try envelope.verified(as: .root, by: [Ed25519.PrivateKey().publicKey, key.publicKey]) == payload)
    }

    @Test func aThresholdCountsKeysNotSignatures() throws {
        let keys = (0..<3).map { _ in Ed25519.PrivateKey() }
        let known = keys.map(\.publicKey)
        var envelope = try WireEnvelope(signing: payload, as: .root, by: [keys[0]])
        envelope.signatures += [envelope.signatures[0], envelope.signatures[0]]
        #expect(code { try envelope.verified(as: .root, by: known, threshold: 2) } == .badSignature)
        #expect(code { try envelope.verified(as: .root, by: known + known, threshold: 2) } == .badSignature)
        try envelope.addSignature(by: keys[1])
        try envelope.addSignature(by: Ed25519.PrivateKey())
        #expect(try envelope.verified(as: .root, by: known, threshold: 2) == payload)
        #expect(code { try envelope.verified(as: .root, by: known, threshold: 3) } == .badSignature)
    }

    @Test func aThresholdOfNothingStillAsksForASignature() throws {
        let key = Ed25519.PrivateKey()
        var envelope = try WireEnvelope(signing: payload, as: .root, by: [key])
        envelope.payload.append(0)
        #expect(code { try envelope.verified(as: .root, by: [key.publicKey], threshold: 0) } == .badSignature)
    }

    @Test func whatIsTooLargeIsRefused() throws {
        let key = Ed25519.PrivateKey()
        var envelope = try WireEnvelope(signing: payload, as: .root, by: [key])
        envelope.signatures = Array(repeating: envelope.signatures[0], count: 33)
        #expect(code { try envelope.verified(as: .root, by: [key.publicKey]) } == .malformed)
        #expect(code { try WireEnvelope(decoding: try envelope.serializedBytes()) } == .malformed)
        let large = Data(count: PayloadType.root.maximumPayload + 1)
        let huge = try WireEnvelope(signing: large, as: .root, by: [key])
        #expect(code { try huge.verified(as: .root, by: [key.publicKey]) } == .malformed)
        #expect(code { try WireEnvelope(decoding: Data(count: 11), limit: 10) } == .malformed)
    }

    @Test func fieldsOfLaterVersionsArePassedOver() throws {
        let key = Ed25519.PrivateKey()
        let bytes: Data = try WireEnvelope(signing: payload, as: .root, by: [key]).serializedBytes()
        // Field 15 as fixed64, as fixed32 and as bytes.
        for unknown in [[0x79] + [UInt8](repeating: 0x7B, count: 8), [0x7D, 0x7B, 0x7B, 0x7B, 0x7B], [0x7A, 1, 0x7B]] {
            let envelope = try WireEnvelope(decoding: Data(unknown) + bytes)
            #expect(try envelope.verified(as: .root, by: [key.publicKey]) == payload)
        }
    }

    @Test func signaturesCannotHideBehindAGroup() {
        let signatures = Data(repeatElement([0x1A, 0], count: 33).joined())
        for start in [Data(), Data([0x7B, 0x7C])] {
            #expect(code { try WireEnvelope(decoding: start + signatures) } == .malformed)
        }
        #expect(throws: Never.self) { try WireEnvelope(decoding: signatures.dropLast(2)) }
    }

    private func code(_ body: () throws -> some Any) -> EnvelopeError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? EnvelopeError)?.code
        }
    }
}
