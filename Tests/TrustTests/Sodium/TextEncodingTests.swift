import Sodium
import Testing

struct TextEncodingTests {
    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64IsThatOfRFC4648(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let unpadded = encoded.replacing("=", with: "")
        #expect(Base64.encode(Array(plain.utf8), .urlSafe) == unpadded)
        #expect(Base64.decode(unpadded, .urlSafe) == Array(plain.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zm9v!", "Zm9-", "Z", "====", "Zé=="])
    func otherFormsOfBase64AreRefused(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func everyByteSurvivesHexAndBase64() {
        let bytes = (0...255).map(UInt8.init)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(Hex.decode(Hex.encode(bytes).uppercased()) == bytes)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.decode(Base64.encode(bytes, .urlSafe), .urlSafe) == bytes)
    }

    @Test(arguments: ["0", "0g", "00 ", " 00", "0x00", "é"])
    func otherFormsOfHexAreRefused(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    /// FIPS 180-4's example and RFC 7693 appendix A.
    @Test func digestsAreThePublishedOnes() {
        #expect(
            Hex.encode(SHA256Digest.of(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hex.encode(BLAKE2b.hash(Array("abc".utf8), byteCount: 64))
                == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
        #expect(
            Hex.encode(SHA256Digest.of([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func comparingGoesByContent() {
        #expect(Sodium.constantTimeEquals([1, 2], [1, 2]))
        #expect(!Sodium.constantTimeEquals([1, 2], [1, 3]))
        #expect(!Sodium.constantTimeEquals([1, 2], [1, 2, 3]))
        #expect(Sodium.constantTimeEquals([], []))
    }
}
