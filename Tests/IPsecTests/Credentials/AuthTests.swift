import IPsec
import OpenSSL
import TestCertificates
import Testing

@Suite struct AuthTests {
    static let octets = AuthOctets(
        prf: .hmacSHA256, message: Array("message".utf8), nonce: Array("nonce".utf8),
        key: SecretBytes(copying: [UInt8](repeating: UInt8(ascii: "p"), count: 32)),
        identification: Identity.fqdn("gate").identification)
    static let others = AuthOctets(
        prf: .hmacSHA256, message: Array("message".utf8), nonce: Array("nonce".utf8),
        key: SecretBytes(copying: [UInt8](repeating: UInt8(ascii: "p"), count: 32)),
        identification: Identity.fqdn("gatf").identification)

    static func key(_ pem: String) throws -> SigningKey { try SigningKey(SecretBytes(copying: Array(pem.utf8))) }

    static let allHashes: Set<HashAlgorithm> = [.sha1, .sha256, .sha384, .sha512, .identity]

    @Test func sharedKeyGivesWhatAnotherImplementationDoes() throws {
        let secret = SecretBytes(copying: Array("secret".utf8))
        let payload = SharedKeyAuth.sign(Self.octets, by: secret)
        #expect(payload.method == .sharedKey)
        #expect(payload.data == bytes(hex: "735daef42a95dfe1abcd400e357d0d2c8b4536d1d81a8b4b557ef8e13bfec5d4"))
        try SharedKeyAuth.verify(payload, of: Self.octets, by: secret)
        #expect(throws: AuthRefusal.wrong) { try SharedKeyAuth.verify(payload, of: Self.others, by: secret) }
        #expect(throws: AuthRefusal.wrong) {
            try SharedKeyAuth.verify(payload, of: Self.octets, by: SecretBytes(copying: Array("Secret".utf8)))
        }
        for data in [[], Array(payload.data.dropLast()), payload.data + [0]] {
            #expect(throws: AuthRefusal.wrong) {
                try SharedKeyAuth.verify(AuthenticationPayload(.sharedKey, data), of: Self.octets, by: secret)
            }
        }
        #expect(throws: AuthRefusal.method(.null)) {
            try SharedKeyAuth.verify(AuthenticationPayload(.null, payload.data), of: Self.octets, by: secret)
        }
    }

    /// Every key, profile and set of hashes: what one side signs the other takes, and takes of nobody else.
    @Test(arguments: Profile.allCases)
    func whatIsSignedIsTaken(_ profile: Profile) throws {
        let policy = SignaturePolicy(profile)
        let keys = try [Certificates.gateKey, Certificates.coreKey, Certificates.largeKey, Certificates.routerKey]
            .map(Self.key)
        var signed = 0
        for key in keys {
            for hashes in [nil, Self.allHashes, [.sha256], [.sha384], [.sha512]] {
                guard let payload = try? SignatureAuth.sign(Self.octets, by: key, policy, peerHashes: hashes) else {
                    continue
                }
                signed += 1
                #expect((payload.method == .digitalSignature) == (hashes != nil))
                try SignatureAuth.verify(payload, of: Self.octets, by: key.publicKey, policy)
                #expect(throws: AuthRefusal.wrong) {
                    try SignatureAuth.verify(payload, of: Self.others, by: key.publicKey, policy)
                }
                for other in keys where other !== key {
                    #expect(throws: AuthRefusal.self) {
                        try SignatureAuth.verify(payload, of: Self.octets, by: other.publicKey, policy)
                    }
                }
                for count in 0..<min(payload.data.count, 80) {
                    let short = AuthenticationPayload(payload.method, Array(payload.data.prefix(count)))
                    #expect(throws: AuthRefusal.self) {
                        try SignatureAuth.verify(short, of: Self.octets, by: key.publicKey, policy)
                    }
                }
            }
        }
        #expect(signed == (profile == .cnsa ? 3 : profile == .modern ? 19 : 20))
    }

    @Test func methodsOfCurvesHaveSignaturesOfFixedLength() throws {
        let policy = SignaturePolicy(.modern)
        for (pem, method, count) in [
            (Certificates.gateKey, AuthenticationMethod.ecdsaSHA256P256, 64),
            (Certificates.coreKey, .ecdsaSHA384P384, 96), (Certificates.largeKey, .ecdsaSHA512P521, 132),
        ] {
            let key = try Self.key(pem)
            let payload = try SignatureAuth.sign(Self.octets, by: key, policy, peerHashes: nil)
            #expect(payload.method == method)
            #expect(payload.data.count == count)
            for wrong in [AuthenticationMethod.ecdsaSHA256P256, .ecdsaSHA384P384, .ecdsaSHA512P521]
            where wrong != method {
                #expect(throws: AuthRefusal.key(key.kind)) {
                    try SignatureAuth.verify(
                        AuthenticationPayload(wrong, payload.data), of: Self.octets, by: key.publicKey, policy)
                }
            }
        }
    }

    /// RFC 7427, appendix A.
    @Test func algorithmIdentifiersAreTheRFCs() throws {
        func identifier(_ pem: String, _ profile: Profile, _ hash: HashAlgorithm) throws -> [UInt8] {
            let payload = try SignatureAuth.sign(
                Self.octets, by: Self.key(pem), SignaturePolicy(profile), peerHashes: [hash])
            let count = try #require(payload.data.first)
            return Array(payload.data[1..<1 + Int(count)])
        }
        #expect(try identifier(Certificates.gateKey, .modern, .sha256) == bytes(hex: "300a06082a8648ce3d040302"))
        #expect(try identifier(Certificates.gateKey, .modern, .sha384) == bytes(hex: "300a06082a8648ce3d040303"))
        #expect(try identifier(Certificates.gateKey, .modern, .sha512) == bytes(hex: "300a06082a8648ce3d040304"))
        #expect(
            try identifier(Certificates.routerKey, .compatible, .sha256)
                == bytes(hex: "300d06092a864886f70d01010b0500"))
        #expect(
            try identifier(Certificates.routerKey, .compatible, .sha384)
                == bytes(hex: "300d06092a864886f70d01010c0500"))
        #expect(
            try identifier(Certificates.routerKey, .modern, .sha256)
                == bytes(
                    hex: """
                        304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d0101
                        08300d06096086480165030402010500a203020120
                        """))
    }

    /// Some leave the NULL out, of one hash or of both.
    @Test func otherEncodingsOfTheAlgorithmAreTaken() throws {
        let key = try Self.key(Certificates.routerKey)
        let octets = Self.octets
        let policy = SignaturePolicy(.modern)
        let own = try SignatureAuth.sign(octets, by: key, policy, peerHashes: [.sha256])
        let signature = own.data.dropFirst(1 + Int(own.data[0]))
        for identifier in [
            "303d06092a864886f70d01010a3030a00d300b0609608648016503040201a11a301806092a864886f70d010108300b0609608648016503040201a203020120",
            "303f06092a864886f70d01010a3032a00f300d06096086480165030402010500a11a301806092a864886f70d010108300b0609608648016503040201a203020120",
        ].map(bytes(hex:)) {
            let payload = AuthenticationPayload(
                .digitalSignature, [UInt8(identifier.count)] + identifier + signature)
            try SignatureAuth.verify(payload, of: octets, by: key.publicKey, policy)
        }
    }

    @Test func weakAndUnknownAlgorithmsAreRefused() throws {
        let key = try Self.key(Certificates.routerKey)
        for identifier in [
            "300d06092a864886f70d0101050500",  // SHA-1
            "300d06092a864886f70d01010e0500",  // SHA-224
            "300506032b6570",  // Ed25519
            "300d06092a864886f70d01010a3000",  // PSS with its defaults, which are SHA-1
            "00",
        ].map(bytes(hex:)) {
            let payload = AuthenticationPayload(
                .digitalSignature, [UInt8(identifier.count)] + identifier + [UInt8](repeating: 1, count: 256))
            #expect(throws: AuthRefusal.algorithm(identifier)) {
                try SignatureAuth.verify(payload, of: Self.octets, by: key.publicKey, SignaturePolicy(.compatible))
            }
        }
        for data in [[], [0], [5], [5, 1, 2, 3, 4, 5], [255, 0]] as [[UInt8]] {
            #expect(throws: AuthRefusal.malformed) {
                try SignatureAuth.verify(
                    AuthenticationPayload(.digitalSignature, data), of: Self.octets, by: key.publicKey,
                    SignaturePolicy(.modern))
            }
        }
    }

    @Test func signatureOfAnotherProfileIsRefused() throws {
        let router = try Self.key(Certificates.routerKey)
        let plain = try SignatureAuth.sign(Self.octets, by: router, SignaturePolicy(.compatible), peerHashes: nil)
        #expect(plain.method == .rsaSignature)
        #expect(throws: AuthRefusal.method(.rsaSignature)) {
            try SignatureAuth.verify(plain, of: Self.octets, by: router.publicKey, SignaturePolicy(.modern))
        }
        #expect(throws: AuthRefusal.method(.rsaSignature)) {
            try SignatureAuth.sign(Self.octets, by: router, SignaturePolicy(.modern), peerHashes: nil)
        }
        let core = try Self.key(Certificates.coreKey)
        let weak = try SignatureAuth.sign(Self.octets, by: core, SignaturePolicy(.modern), peerHashes: [.sha256])
        #expect(throws: AuthRefusal.algorithm(bytes(hex: "300a06082a8648ce3d040302"))) {
            try SignatureAuth.verify(weak, of: Self.octets, by: core.publicKey, SignaturePolicy(.cnsa))
        }
        let gate = try Self.key(Certificates.gateKey)
        #expect(throws: AuthRefusal.key(.p256)) {
            try SignatureAuth.sign(Self.octets, by: gate, SignaturePolicy(.cnsa), peerHashes: [.sha384])
        }
        #expect(throws: AuthRefusal.noCommonHash) {
            try SignatureAuth.sign(Self.octets, by: gate, SignaturePolicy(.modern), peerHashes: [.sha1])
        }
        #expect(throws: AuthRefusal.method(.sharedKey)) {
            try SignatureAuth.verify(
                AuthenticationPayload(.sharedKey, [1]), of: Self.octets, by: gate.publicKey, SignaturePolicy(.modern))
        }
    }

    @Test func keyBelongsToItsCertificate() throws {
        let gate = PEM.blocks(named: "CERTIFICATE", in: Array(Certificates.gate.utf8))
        let credential = try CertifiedKey(chain: gate, key: SecretBytes(copying: Array(Certificates.gateKey.utf8)))
        #expect(credential.certificate.subject.description == "C=CH, O=Acme, CN=gate")
        #expect(throws: CertifiedKey.Refusal.mismatch) {
            try CertifiedKey(chain: gate, key: SecretBytes(copying: Array(Certificates.coreKey.utf8)))
        }
        #expect(throws: CertifiedKey.Refusal.noCertificate) {
            try CertifiedKey(chain: [], key: SecretBytes(copying: Array(Certificates.coreKey.utf8)))
        }
        #expect(throws: CertifiedKey.Refusal.certificate(.malformed)) {
            try CertifiedKey(chain: [[1]], key: SecretBytes(copying: Array(Certificates.coreKey.utf8)))
        }
        #expect(throws: CertifiedKey.Refusal.key(.malformed)) {
            try CertifiedKey(chain: gate, key: SecretBytes(copying: [1]))
        }
    }
}
