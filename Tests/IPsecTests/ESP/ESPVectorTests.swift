import IPsec
import OpenSSL
import Testing
import Tunneling

/// Whole ESP packets of the standards', in tunnel mode.
@Suite struct ESPVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let suite: ESPSuite
        /// The cipher's key, and its salt.
        let keys: String
        let packet: String
        let inside: String
    }

    static let vectors = [
        Vector(
            testDescription: "RFC 7634, appendix A",
            suite: ESPSuite(encryption: .chaCha20Poly1305, integrity: nil, usesESN: false),
            keys: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f a0a1a2a3",
            packet: """
                01020304 00000005 1011121314151617
                24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c6
                14ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3
                cbec163fac469b502773f6fb94e664da9165b82829f641e0 76aaa8266b7fb0f7b11b369907e1ad43
                """,
            inside: """
                45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10
                0007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223
                2425262728292a2b2c2d2e2f3031323334353637
                """),
        Vector(
            testDescription: "RFC 3602, case 7",
            suite: ESPSuite(encryption: .aes128CBC, integrity: .hmacSHA256x128, usesESN: false),
            keys: "0123456789abcdef0123456789abcdef",
            packet: """
                00008765 00000002 f4e765244f6407adf13dc1380f673f37
                773b5241a4c449225e4f3ce5ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8
                e4ecaec78ac53aad7a0f022b859243c647752e94a859352b8a4d4d2decd136e5
                c177f132ad3fbfb2201ac9904c74ee0a109e0ca1e4dfe9d5a100b842f1c22f0d
                """,
            inside: """
                45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d
                02a2040008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223
                2425262728292a2b2c2d2e2f3031323334353637
                """),
        Vector(
            testDescription: "RFC 3602, case 8",
            suite: ESPSuite(encryption: .aes128CBC, integrity: .hmacSHA512x256, usesESN: false),
            keys: "0123456789abcdef0123456789abcdef",
            packet: """
                00008765 00000005 85d47224b5f3dd5d2101d4ea8dffab22
                15b92683819596a8047232cc00f7048fe45318e11f8a0f62ede3c3fc61203bb5
                0f980a08c9843fd3a1b06d5c07ff9639b7eb7dfb3512e5de435e7207ed971ef3
                d2726d9b5ef6affc6d17a0decbb13892
                """,
            inside: """
                45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083d
                a3de0300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
                """),
    ]

    @Test(arguments: vectors)
    func opens(_ vector: Vector) throws {
        var packet = bytes(hex: vector.packet)
        var keys = bytes(hex: vector.keys)
        if let integrity = vector.suite.integrity {
            // Those of RFC 3602 have no check value; it is over all that they have (RFC 4868 §2.1).
            let key = [UInt8](repeating: 0x0B, count: integrity.keyCount)
            let mac = HMAC(integrity == .hmacSHA256x128 ? .sha256 : .sha512, key: SecretBytes(copying: key))
            packet += mac.code(for: packet).prefix(integrity.checkCount)
            keys += key
        }
        let spi = UInt32(ESPReference.integer(packet[..<4]))
        let ends = try #require(ESPEnds(vector.suite, keys: keys, spi: spi))
        #expect(ends.open([packet]) == [.packet(bytes(hex: vector.inside))])
    }
}
