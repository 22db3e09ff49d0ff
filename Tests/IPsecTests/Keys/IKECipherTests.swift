import IPsec
import OpenSSL
import TestRandom
import Testing

@Suite struct IKECipherTests {
    struct Case: Sendable, CustomStringConvertible {
        let encryption: EncryptionAlgorithm
        let integrity: IntegrityAlgorithm?
        /// A body by another implementation, of `text` under `header`, with keys of 0, 1, 2, …
        let body: String

        var description: String { "\(encryption), \(integrity.map { "\($0)" } ?? "AEAD")" }

        var suite: IKESuite {
            IKESuite(encryption: encryption, integrity: integrity, prf: .hmacSHA256, group: .curve25519)
        }

        func cipher() -> IKECipher {
            IKECipher(
                suite,
                encryptionKey: SecretBytes(
                    copying: IKECipherTests.counting(encryption.keyCount + encryption.saltCount)),
                integrityKey: SecretBytes(copying: IKECipherTests.counting(integrity?.keyCount ?? 0)))
        }
    }

    static func counting(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0) } }

    static let header = counting(32)
    static let text = Array("payloads inside".utf8)

    static let cases = [
        Case(
            encryption: .aes256GCM16, integrity: nil,
            body: "0000000000000000e87f5423d147f852ca697e00b22f9e01fcb86231f1acfb5bf6fa91488136210f"),
        Case(
            encryption: .aes128GCM16, integrity: nil,
            body: "000000000000000011e7015e240116dbe6ebb3478c4a8dc8ad23acae51b36431bbe5dc2623f169f5"),
        Case(
            encryption: .chaCha20Poly1305, integrity: nil,
            body: "0000000000000000794e6373d0cba95a3021bd8f9d37d7dd6b0b56da407c721e68ce4f45ff1ce662"),
        Case(
            encryption: .aes256CBC, integrity: .hmacSHA256x128,
            body: """
                07070707070707070707070707070707f83ec547668ba3258753f550d39b9826
                79ff25de2c90dd4c22bd69178bc4dc3b
                """),
        // With a block of padding more than is needed.
        Case(
            encryption: .aes128CBC, integrity: .hmacSHA384x192,
            body: """
                0707070707070707070707070707070783f059d40f64ceb276906f5dfab4f66c
                1cfdc2a667c87fab21a0884fad3ba11de0265ef0e86e6da2b3388b929c28302a34e6ddb1b484de4d
                """),
        Case(
            encryption: .aes256CBC, integrity: .hmacSHA512x256,
            body: """
                07070707070707070707070707070707f83ec547668ba3258753f550d39b9826
                89dac1fb84bfef1e31cb18b9a93dc17998bf3bb005c8d15c50e315db031dba22
                """),
    ]

    @Test(arguments: cases)
    func opensWhatAnotherImplementationSealed(_ test: Case) throws {
        #expect(try test.cipher().open(bytes(hex: test.body), header: Self.header) == Self.text)
    }

    @Test(arguments: cases.prefix(3))
    func sealsAsAnotherImplementationDoes(_ test: Case) {
        #expect(test.cipher().seal(Self.text, header: Self.header) == bytes(hex: test.body))
    }

    @Test func nextVectorIsAnother() {
        let cipher = Self.cases[0].cipher()
        _ = cipher.seal(Self.text, header: Self.header)
        #expect(
            cipher.seal(Self.text, header: Self.header)
                == bytes(hex: "000000000000000119ee42da390061a926a2d5293858105ea670757cf65011b736819d1a985d7d62"))
    }

    /// RFC 7634, appendix B.
    @Test func opensTheRFCsExample() throws {
        let cipher = IKECipher(
            Self.cases[2].suite,
            encryptionKey: secret(
                hex: """
                    808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3
                    """), integrityKey: SecretBytes(copying: []))
        let header = bytes(
            hex: "c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029")
        let body = bytes(hex: "1011121314151617 61039470 1f8d017f 7c129248 89 6b71bfe2 5236efd7 cdc67066 906315b2")
        #expect(try cipher.open(body, header: header) == bytes(hex: "0000000c000040010000000a"))
    }

    @Test(arguments: cases)
    func everyLengthComesBack(_ test: Case) throws {
        let (ours, theirs) = (test.cipher(), test.cipher())
        var random = SeededRandom(7)
        for count in Array(0...80) + [1_500, 65_000] {
            let text = random.bytes(count)
            let body = ours.seal(text, header: Self.header)
            #expect(body.count == ours.bodyCount(forPlaintext: count))
            #expect(try theirs.open(body, header: Self.header) == text)
        }
    }

    @Test(arguments: cases)
    func everyDamageIsNoticed(_ test: Case) {
        let body = bytes(hex: test.body)
        for index in body.indices {
            var damaged = body
            damaged[index] ^= 0x10
            #expect(throws: IKECipherRefusal.notAuthentic) {
                try test.cipher().open(damaged, header: Self.header)
            }
        }
        for index in Self.header.indices {
            var damaged = Self.header
            damaged[index] ^= 1
            #expect(throws: IKECipherRefusal.notAuthentic) { try test.cipher().open(body, header: damaged) }
        }
        for count in 0..<body.count {
            #expect(throws: IKECipherRefusal.self) {
                try test.cipher().open(Array(body[..<count]), header: Self.header)
            }
        }
        #expect(throws: IKECipherRefusal.length) { try test.cipher().open([], header: Self.header) }
    }

    @Test func paddingLongerThanTheTextIsRefused() throws {
        // Sealed by hand: one byte, which says that 255 more are padding.
        let key = Self.counting(36)
        let context = AEADContext(.aes256GCM, .sealing)
        context.setKey(key)
        let nonce = Array(key.suffix(4)) + [UInt8](repeating: 0, count: 8)
        var body = [UInt8](repeating: 0, count: 8) + [255] + [UInt8](repeating: 0, count: 16)
        body.withUnsafeMutableBytes { body in
            guard let base = body.baseAddress else { return }
            Self.header.withUnsafeBytes {
                context.seal(base + 8, to: base + 8, count: 1, nonce: nonce, authenticating: $0)
            }
        }
        #expect(throws: IKECipherRefusal.padding) { try Self.cases[0].cipher().open(body, header: Self.header) }
    }

    @Test func vectorsOfBlocksAreNotForeseeable() {
        let cipher = Self.cases[3].cipher()
        let vectors = (0..<64).map { _ in Array(cipher.seal(Self.text, header: Self.header).prefix(16)) }
        #expect(Set(vectors).count == vectors.count)
    }
}
