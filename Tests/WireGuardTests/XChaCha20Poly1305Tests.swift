import Sodium
import Testing

/// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
@Suite struct XChaCha20Poly1305Tests {
    private let key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f")
    private let nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657")
    private let header = hex("50515253c0c1c2c3c4c5c6c7")
    private let plaintext = Array(
        """
        Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.
        """.utf8)
    private let ciphertext = hex(
        """
        bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216
        cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13
        b52ec0875924c1c7987947deafd8780acf49
        """)

    @Test func sealsTheVectorOfTheDraft() {
        #expect(XChaCha20Poly1305.seal(plaintext, key: key, nonce: nonce, authenticating: header) == ciphertext)
    }

    @Test func opensTheVectorOfTheDraft() {
        #expect(XChaCha20Poly1305.open(ciphertext, key: key, nonce: nonce, authenticating: header) == plaintext)
    }

    @Test func everyChangedByteIsNoticed() {
        for index in ciphertext.indices {
            var changed = ciphertext
            changed[index] ^= 0x10
            #expect(XChaCha20Poly1305.open(changed, key: key, nonce: nonce, authenticating: header) == nil)
        }
        #expect(XChaCha20Poly1305.open(ciphertext, key: key, nonce: nonce, authenticating: []) == nil)
    }

    @Test func wrongLengthsAreRefused() {
        for count in 0..<16 {
            let short = Array(ciphertext.prefix(count))
            #expect(XChaCha20Poly1305.open(short, key: key, nonce: nonce, authenticating: header) == nil)
        }
        #expect(XChaCha20Poly1305.seal([], key: [1], nonce: nonce, authenticating: []) == nil)
        #expect(XChaCha20Poly1305.seal([], key: key, nonce: [1], authenticating: []) == nil)
    }
}
