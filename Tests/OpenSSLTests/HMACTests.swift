import OpenSSL
import Testing

/// RFC 4231, FIPS 180-4.
@Suite struct HMACTests {
    struct Vector: Sendable {
        let key: String
        let text: [UInt8]
        let sha256: String
        let sha384: String
        let sha512: String
    }

    static let vectors = [
        Vector(
            key: String(repeating: "0b", count: 20), text: Array("Hi There".utf8),
            sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            sha384: """
                afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c
                faea9ea9076ede7f4af152e8b2fa9cb6
                """,
            sha512: """
                87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde
                daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854
                """),
        Vector(
            key: "4a656665", text: Array("what do ya want for nothing?".utf8),
            sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            sha384: """
                af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e
                8e2240ca5e69e2c78b3239ecfab21649
                """,
            sha512: """
                164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554
                9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737
                """),
        // A key longer than a block.
        Vector(
            key: String(repeating: "aa", count: 131),
            text: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            sha384: """
                4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6
                0c2ef6ab4030fe8296248df163f44952
                """,
            sha512: """
                80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352
                6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598
                """),
    ]

    @Test(arguments: vectors)
    func givesTheVectorsResults(_ vector: Vector) {
        let key = SecretBytes(copying: hex(vector.key))
        #expect(HMAC(.sha256, key: key).code(for: vector.text) == hex(vector.sha256))
        #expect(HMAC(.sha384, key: key).code(for: vector.text) == hex(vector.sha384))
        #expect(HMAC(.sha512, key: key).code(for: vector.text) == hex(vector.sha512))
    }

    @Test func isTheSameInPartsAndAgain() {
        let hmac = HMAC(.sha384, key: SecretBytes(copying: hex(Self.vectors[1].key)))
        let text = Self.vectors[1].text
        for split in 0...text.count {
            #expect(hmac.code(for: Array(text[..<split]), Array(text[split...])) == hex(Self.vectors[1].sha384))
        }
        // What was begun and not ended leaves nothing behind.
        hmac.restart()
        text.withUnsafeBytes { hmac.update($0) }
        #expect(hmac.code(for: text) == hex(Self.vectors[1].sha384))
    }

    @Test func shortResultIsItsBeginning() {
        let hmac = HMAC(.sha256, key: SecretBytes(copying: hex(Self.vectors[0].key)))
        for count in 0...32 {
            var out = [UInt8](repeating: 0, count: count)
            out.withUnsafeMutableBytes { out in
                Self.vectors[0].text.withUnsafeBytes { hmac.compute($0, into: out) }
            }
            #expect(out == Array(hex(Self.vectors[0].sha256).prefix(count)))
        }
    }

    @Test func takesAnEmptyKey() {
        let empty = SecretBytes(count: 0) { _ in }
        #expect(
            HMAC(.sha256, key: empty).code(for: [])
                == hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
    }

    @Test func hashesAsTheStandardSays() {
        let text = Array("abc".utf8)
        #expect(DigestAlgorithm.sha1.digest(text) == hex("a9993e364706816aba3e25717850c26c9cd0d89d"))
        #expect(
            DigestAlgorithm.sha256.digest([text[0]], [], Array(text[1...]))
                == hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        #expect(
            DigestAlgorithm.sha384.digest(text)
                == hex(
                    """
                    cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed
                    8086072ba1e7cc2358baeca134c825a7
                    """))
        #expect(
            DigestAlgorithm.sha512.digest(text)
                == hex(
                    """
                    ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
                    2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
                    """))
    }
}
