import OpenSSL
import TestCertificates
import Testing

@Suite struct SignatureTests {
    static func key(_ pem: String) throws -> SigningKey { try SigningKey(SecretBytes(copying: Array(pem.utf8))) }

    static let message = Array("sample".utf8)

    @Test(arguments: [
        (Certificates.gateKey, KeyKind.p256), (Certificates.gateKeySEC1, .p256), (Certificates.coreKey, .p384),
        (Certificates.largeKey, .p521), (Certificates.routerKey, .rsa(bits: 2048)),
        (Certificates.routerKeyPKCS1, .rsa(bits: 2048)),
    ])
    func signsAndVerifiesByEverySchemeOfItsKind(_ pem: String, _ kind: KeyKind) throws {
        let key = try Self.key(pem)
        #expect(key.kind == kind)
        let hashes: [DigestAlgorithm] = [.sha256, .sha384, .sha512]
        let schemes = hashes.flatMap { [SignatureScheme.ecdsa($0), .rsaPKCS1($0), .rsaPSS($0)] }
        for scheme in schemes {
            guard scheme.suits(kind) else {
                #expect(key.sign(Self.message, by: scheme) == nil)
                continue
            }
            let signature = try #require(key.sign(Self.message, by: scheme))
            for other in schemes {
                #expect(key.publicKey.verifies(signature, of: Self.message, by: other) == (other == scheme))
            }
            #expect(!key.publicKey.verifies(signature, of: Self.message + [0], by: scheme))
            for index in [0, 1, signature.count / 2, signature.count - 1] {
                var changed = signature
                changed[index] ^= 0x40
                #expect(!key.publicKey.verifies(changed, of: Self.message, by: scheme))
            }
            for wrong in [[], [0], Array(signature.dropLast()), signature + [0]] {
                #expect(!key.publicKey.verifies(wrong, of: Self.message, by: scheme))
            }
        }
    }

    @Test func encodingsOfOneKeyAreOneKey() throws {
        let keys = try [Certificates.gateKey, Certificates.gateKeySEC1].map(Self.key)
        #expect(keys[0].publicKey.der == keys[1].publicKey.der)
        let der = try #require(PEM.blocks(named: "PRIVATE KEY", in: Array(Certificates.gateKey.utf8)).first)
        #expect(try SigningKey(SecretBytes(copying: der)).publicKey.der == keys[0].publicKey.der)
        #expect(try VerificationKey(der: keys[0].publicKey.der).der == keys[0].publicKey.der)
    }

    @Test func whatIsNoPrivateKeyIsRefused() throws {
        for text in ["", "x", "-----BEGIN PRIVATE KEY-----", Certificates.gate, Certificates.gatePublicKey] {
            #expect(throws: KeyRefusal.malformed) { try Self.key(text) }
        }
        // Without asking anybody for the passphrase.
        #expect(throws: KeyRefusal.malformed) { try Self.key(Certificates.gateKeyEncrypted) }
        #expect(throws: KeyRefusal.malformed) {
            try SigningKey(SecretBytes(copying: [UInt8](repeating: 0x30, count: 1 << 20)))
        }
        let der = try #require(PEM.blocks(named: "PRIVATE KEY", in: Array(Certificates.gateKey.utf8)).first)
        for count in 0..<der.count {
            #expect(throws: KeyRefusal.self) { try SigningKey(SecretBytes(copying: der.prefix(count))) }
        }
        let edwards = hex("302e020100300506032b657004220420") + [UInt8](repeating: 1, count: 32)
        #expect(throws: KeyRefusal.unsupported) { try SigningKey(SecretBytes(copying: edwards)) }
    }

    @Test func showsNothingOfItself() throws {
        let key = try Self.key(Certificates.gateKey)
        #expect("\(key)" == "(private key, p256)")
        #expect(Mirror(reflecting: key).children.isEmpty)
    }

    // RFC 6979 §A.2.5
    static let publicKey = hex(
        """
        3059301306072a8648ce3d020106082a8648ce3d03010703420004
        60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
        7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299
        """)
    static let r = hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716")
    static let s = hex("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")
    static let order = hex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")
    static let zero = [UInt8](repeating: 0, count: 32)

    @Test func takesTheVectorsSignature() throws {
        let key = try VerificationKey(der: Self.publicKey)
        let der = try #require(ECDSASignature.der(fromFixed: Self.r + Self.s, coordinateCount: 32))
        #expect(key.verifies(der, of: Self.message, by: .ecdsa(.sha256)))
        #expect(ECDSASignature.fixed(fromDER: der, coordinateCount: 32) == Self.r + Self.s)
    }

    @Test func numbersOutOfRangeAreNoSignature() throws {
        let key = try VerificationKey(der: Self.publicKey)
        let pairs = [
            (Self.zero, Self.s), (Self.r, Self.zero), (Self.zero, Self.zero), (Self.order, Self.s),
            (Self.r, Self.order), (Self.s, Self.r),
        ]
        for (r, s) in pairs {
            let der = try #require(ECDSASignature.der(fromFixed: r + s, coordinateCount: 32))
            #expect(!key.verifies(der, of: Self.message, by: .ecdsa(.sha256)))
        }
    }

    @Test func encodingsThatAreNoSignatureAreRefused() throws {
        for count in [0, 1, 63, 65, 96, 128] {
            #expect(ECDSASignature.der(fromFixed: [UInt8](repeating: 1, count: count), coordinateCount: 32) == nil)
        }
        let der = try #require(ECDSASignature.der(fromFixed: Self.r + Self.s, coordinateCount: 32))
        for count in 0..<der.count {
            #expect(ECDSASignature.fixed(fromDER: Array(der[..<count]), coordinateCount: 32) == nil)
        }
        // The numbers of a larger curve do not fit.
        let large = try #require(
            ECDSASignature.der(fromFixed: [UInt8](repeating: 0xFF, count: 96), coordinateCount: 48))
        #expect(ECDSASignature.fixed(fromDER: large, coordinateCount: 32) == nil)
        // A negative number.
        #expect(ECDSASignature.fixed(fromDER: [0x30, 6, 2, 1, 0xFF, 2, 1, 1], coordinateCount: 32) != Self.r + Self.s)
    }

    @Test func publicKeysWithRestsOrOfOtherKindsAreRefused() {
        #expect(throws: KeyRefusal.malformed) { try VerificationKey(der: Self.publicKey + [0]) }
        #expect(throws: KeyRefusal.malformed) { try VerificationKey(der: []) }
        for count in 0..<Self.publicKey.count {
            #expect(throws: KeyRefusal.self) { try VerificationKey(der: Array(Self.publicKey[..<count])) }
        }
        // X25519
        #expect(throws: KeyRefusal.unsupported) {
            try VerificationKey(der: hex("302a300506032b656e032100") + [UInt8](repeating: 9, count: 32))
        }
    }
}
