import OpenSSL
import Testing
import Tunneling
import WireGuard

/// Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s from the published vectors of cacophony, which snow carries too. Their prologue and
/// payloads are not WireGuard's; the handshake is.
@Suite struct NoiseVectorTests {
    private let start = NoiseState(prologue: hex("4a6f686e2047616c74"))
    private let firstPayload = hex("4c756477696720766f6e204d69736573")
    private let firstMessage = hex(
        """
        ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944001e21de9f98ddd8e2ad57527207feb56253c9c94a9e4967
        82ecfcb2a75fbcaf1b52948cc48daefe660c62119ab5000980c84831215f2441eba616548e832985464cf17e51ee93109008399a21f7e13f
        """)
    private let secondPayload = hex("4d757272617920526f746862617264")
    private let secondMessage = hex(
        """
        95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843cb765f2caef0751b8f007572dab0322217755c0632f36571
        7edbf34d33e87a
        """)
    private let transcript = "f5191b875290abcd41347ac3622d9679688a7e980229cb937ef748336cfde0e5"

    private func keys() throws -> (
        initiator: Curve25519.PrivateKey, initiatorEphemeral: Curve25519.PrivateKey, responder: Curve25519.PrivateKey,
        responderEphemeral: Curve25519.PrivateKey, preshared: SecretKey
    ) {
        (
            Curve25519.PrivateKey(try secret("e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1")),
            Curve25519.PrivateKey(try secret("893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a")),
            Curve25519.PrivateKey(try secret("4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893")),
            Curve25519.PrivateKey(try secret("bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b")),
            try secret("54686973206973206d7920417573747269616e20706572737065637469766521")
        )
    }

    @Test func handshakeMatchesThePublishedVector() throws {
        let keys = try keys()
        #expect(
            keys.responder.publicKey.array == hex("31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62"))
        let shared = try #require(keys.initiator.sharedSecret(with: keys.responder.publicKey))
        let (initiator, first) = try #require(
            NoiseInitiator.start(
                start, local: keys.initiator, remote: keys.responder.publicKey, staticShared: shared,
                ephemeral: keys.initiatorEphemeral, payload: firstPayload))
        #expect(first == firstMessage)

        let responder = try #require(NoiseResponder.read(firstMessage, start, local: keys.responder))
        #expect(responder.remote == keys.initiator.publicKey)
        let opened = try #require(responder.open(staticShared: shared))
        #expect(opened.payload == firstPayload)
        let (responderKeys, second) = try #require(
            opened.respond(
                ephemeral: keys.responderEphemeral, presharedKey: keys.preshared, payload: secondPayload))
        #expect(second == secondMessage)

        let (initiatorKeys, payload) = try #require(
            initiator.finish(secondMessage, local: keys.initiator, presharedKey: keys.preshared))
        #expect(payload == secondPayload)
        #expect(initiatorKeys.transcript.description == transcript)
        #expect(responderKeys.transcript.description == transcript)
        #expect(initiatorKeys.sending == responderKeys.receiving)
        #expect(initiatorKeys.receiving == responderKeys.sending)

        // The transport messages of the vector, which alternate between the two.
        let messages: [(keys: SessionKeys, counter: UInt64, payload: String, ciphertext: String)] = [
            (initiatorKeys, 0, "462e20412e20486179656b", "8153ca9833bc3c1b91a7e66e5f4d4f5b59bf9e64c2f20d15f0bba7"),
            (responderKeys, 0, "4361726c204d656e676572", "07af0c9c86e1b4e80f36b04ff7688d51141af3debd0332f0a705ef"),
            (
                initiatorKeys, 1, "4a65616e2d426170746973746520536179",
                "6ab1467c0448cc78394494abaaf23afce0e234315d6e2624dcbfa8a21c1c4d073d"
            ),
            (
                responderKeys, 1, "457567656e2042f6686d20766f6e2042617765726b",
                "dfc346c0d2296ae6cf1acf6f12b8456a1dba228cf8d8b774aacf1c47fc53aa80ebc7a4c292"
            ),
        ]
        for message in messages {
            var buffer = hex(message.payload)
            let count = buffer.count
            buffer += [UInt8](repeating: 0, count: ChaCha20Poly1305.tagCount)
            let cipher = ChaCha20Poly1305(.sealing, key: message.keys.sending)
            buffer.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress { cipher.seal(base, count: count, counter: message.counter) }
            }
            #expect(buffer == hex(message.ciphertext))
        }
    }

    /// The hash of the construction and of construction and identifier, as other implementations have them in their sources.
    @Test func wireGuardStartsFromItsPublishedConstants() {
        #expect(
            NoiseState.wireGuard.hash.description == "2211b361081ac566691243db458ad5322d9c6c662293e8b70ee19c65ba079ef3")
    }

    @Test func everyChangedByteIsNoticed() throws {
        let keys = try keys()
        let shared = try #require(keys.initiator.sharedSecret(with: keys.responder.publicKey))
        for index in firstMessage.indices {
            var changed = firstMessage
            changed[index] ^= 0x40
            #expect(NoiseResponder.read(changed, start, local: keys.responder)?.open(staticShared: shared) == nil)
        }
        let (initiator, _) = try #require(
            NoiseInitiator.start(
                start, local: keys.initiator, remote: keys.responder.publicKey, staticShared: shared,
                ephemeral: keys.initiatorEphemeral, payload: firstPayload))
        for index in secondMessage.indices {
            var changed = secondMessage
            changed[index] ^= 0x40
            #expect(initiator.finish(changed, local: keys.initiator, presharedKey: keys.preshared) == nil)
        }
        #expect(initiator.finish(secondMessage, local: keys.initiator, presharedKey: .zero) == nil)
        #expect(initiator.finish(secondMessage, local: keys.initiator, presharedKey: keys.preshared) != nil)
    }

    @Test func messageOfAnyLengthIsRefusedQuietly() throws {
        let keys = try keys()
        for count in 0..<firstMessage.count {
            let message = Array(firstMessage.prefix(count))
            let shared = try #require(keys.initiator.sharedSecret(with: keys.responder.publicKey))
            #expect(NoiseResponder.read(message, start, local: keys.responder)?.open(staticShared: shared) == nil)
        }
    }
}
