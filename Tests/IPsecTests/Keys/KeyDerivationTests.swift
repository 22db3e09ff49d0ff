import IPsec
import OpenSSL
import Testing

/// NIST's vectors of the application-specific key derivation functions (SP 800-135), IKEv2 with SHA-384.
@Suite struct IKEKeyDerivationTests {
    static let initiatorNonce = bytes(hex: "fd1b572a8e735591")
    static let responderNonce = bytes(hex: "6013b0ef88dacd3d")
    static let sharedSecret = secret(hex: "d3288cd87565101e88fe3bad918f31939d8dd26ff1071f8b2d7f447524e58d7c")
    static let newSecret = secret(hex: "3358f620539473aee8d07e779764c4c6a9aabddc79a28e136b3bac021dbde44a")
    static let seed = secret(
        hex: """
            69fe7a1ac94adaeb711295f5fe004b1a8d6a0b65d05692758ce8ad2f7a45f59d7d0b596f51f7dfcf3330061888f6a94f
            """)
    static let rekeySeed = secret(
        hex: """
            e0548c1682e13bce454026b3b1bdf42985b24e4e7408095a7c529de38c3d1fcb04c9fe6868042a34c9614c6c99e3fcea
            """)
    /// The vector has 132 bytes; those after them were computed by another implementation.
    static let material = bytes(
        hex: """
            4f904c2025c90c817ea5ff9b662a6fdb445a73b57cdf09eacd379b95e1f03cacb04cd6deeda4f952191dd9bc1f7a9502
            471a648d74dc06d38112de48a42501f6b1a3ad55c2099cd9a648e5f17e5bf3e34bf9b5953decb768a34f875fe2b78dca
            0c2fcca81ec1a412006dfaed38fa06882e61f4c148105fb8e231fdb33c4d484c001721d4
            da381637fd7cc2e60bc3306f770d3b0cfaba3d11f011489aa287fbd97a99189405b6be62c59434d6926f6663f54b894cf0
            f21ec591b15b564783e898bc695ebc5d209ce09d19820e7fb7bd97e03f96af235de1909ca63d79af535c520feaa38c93f5
            6961078bffbf7e96680f227f17e8868c46539e9b68c8237a1626
            """)
    static let initiatorSPI: UInt64 = 0x2116_ad07_ce61_f749
    static let responderSPI: UInt64 = 0x2488_0e55_f11a_65b7

    static let aead = IKESuite(encryption: .aes256GCM16, integrity: nil, prf: .hmacSHA384, group: .ecp384)

    static func derive(_ suite: IKESuite) -> IKEKeys {
        IKEKeys.derive(
            suite, initiatorNonce: initiatorNonce, responderNonce: responderNonce, sharedSecret: sharedSecret,
            initiatorSPI: initiatorSPI, responderSPI: responderSPI)
    }

    @Test func prfGivesTheVectorsSeeds() {
        let prf = PRF(.hmacSHA384)
        let nonces = SecretBytes(copying: Self.initiatorNonce + Self.responderNonce)
        #expect(prf.secret(key: nonces, Self.sharedSecret) == Self.seed)
        #expect(prf.compute(key: nonces, Self.sharedSecret.array) == Self.seed.array)
        let d = SecretBytes(copying: Self.material.prefix(48))
        #expect(prf.secret(key: d, SecretBytes(copying: Self.newSecret.array + nonces.array)) == Self.rekeySeed)
    }

    @Test func prfPlusGivesTheVectorsMaterial() {
        let spis = bytes(hex: "2116ad07ce61f74924880e55f11a65b7")
        let input = SecretBytes(copying: Self.initiatorNonce + Self.responderNonce + spis)
        for count in [0, 1, 15, 47, 48, 49, 96, 132, 245] {
            #expect(
                PRF(.hmacSHA384).plus(key: Self.seed, seed: input, count: count).array
                    == Array(Self.material.prefix(count)))
        }
    }

    /// All 255 blocks, compared by their hash with another implementation's.
    @Test(arguments: [
        (PRFAlgorithm.hmacSHA256, "45391ddaa546d923aa71a6772953bc3c8421b2c69eea3c14fe9873a9bc24b53c"),
        (.hmacSHA384, "bae166427c2efbc6e034c883aa05290d3a3abefef56b81e730f5c491d60384d7"),
        (.hmacSHA512, "1c4288823ce91a3c1fe26921073a0f49e540c3cbbe42d53e2d07aa8edbe4d08f"),
    ])
    func prfPlusGoesToItsEnd(_ algorithm: PRFAlgorithm, _ digest: String) {
        let all = PRF(algorithm).plus(
            key: SecretBytes(copying: Array("key".utf8)), seed: SecretBytes(copying: Array("seed".utf8)),
            count: 255 * algorithm.outputCount)
        #expect(DigestAlgorithm.sha256.digest(all.array) == bytes(hex: digest))
    }

    @Test func secretsOfAnIKESAAreSlicesInOrder() {
        let keys = Self.derive(Self.aead)
        #expect(keys.ai.isEmpty && keys.ar.isEmpty)
        let all = [keys.d, keys.ei, keys.er, keys.pi, keys.pr]
        #expect(all.map(\.count) == [48, 36, 36, 48, 48])
        #expect(all.flatMap(\.array) == Array(Self.material.prefix(216)))

        let other = Self.derive(
            IKESuite(encryption: .aes128CBC, integrity: .hmacSHA256x128, prf: .hmacSHA384, group: .modp2048))
        let slices = [other.d, other.ai, other.ar, other.ei, other.er, other.pi, other.pr]
        #expect(slices.map(\.count) == [48, 32, 32, 16, 16, 48, 48])
        #expect(slices.flatMap(\.array) == Array(Self.material.prefix(240)))
    }

    @Test func rekeyedSAComesFromTheOldOne() {
        let rekeyed = Self.derive(Self.aead).rekey(
            prf: .hmacSHA384, to: Self.aead, initiatorNonce: Self.initiatorNonce, responderNonce: Self.responderNonce,
            sharedSecret: Self.newSecret, initiatorSPI: 1, responderSPI: 2)
        let spis = bytes(hex: "00000000000000010000000000000002")
        let expected = PRF(.hmacSHA384).plus(
            key: Self.rekeySeed, seed: SecretBytes(copying: Self.initiatorNonce + Self.responderNonce + spis),
            count: 216)
        #expect([rekeyed.d, rekeyed.ei, rekeyed.er, rekeyed.pi, rekeyed.pr].flatMap(\.array) == expected.array)
    }

    @Test func newSuiteOfARekeyHasItsOwnFunction() {
        let suite = IKESuite(encryption: .aes256GCM16, integrity: nil, prf: .hmacSHA512, group: .curve25519)
        let rekeyed = Self.derive(Self.aead).rekey(
            prf: .hmacSHA384, to: suite, initiatorNonce: Self.initiatorNonce, responderNonce: Self.responderNonce,
            sharedSecret: Self.newSecret, initiatorSPI: 1, responderSPI: 2)
        let spis = bytes(hex: "00000000000000010000000000000002")
        let expected = PRF(.hmacSHA512).plus(
            key: Self.rekeySeed, seed: SecretBytes(copying: Self.initiatorNonce + Self.responderNonce + spis), count: 64
        )
        #expect(rekeyed.d == expected)
    }

    @Test func childKeysComeFromTheIKESA() {
        let suite = ESPSuite(encryption: .aes256GCM16, integrity: nil, usesESN: true)
        let d = Self.derive(Self.aead).d
        let keys = ChildKeys.derive(
            suite, prf: .hmacSHA384, d: d, initiatorNonce: Self.initiatorNonce, responderNonce: Self.responderNonce)
        #expect(keys.initiator.count == 36)
        #expect(
            keys.initiator.array + keys.responder.array
                == bytes(
                    hex: """
                        06126cc023ac8aabb3ae1ae2d583005a16d39e889efd09d588f2995883261e55f44f9590
                        72d25ea2f035a64ee8e2341421e7a2d95344282f6ff1f2a9ef236b5ec7eae4bb1074ce1f
                        """))
    }

    @Test func childKeysTakeAnExchangeOfTheirOwnIn() {
        let suite = ESPSuite(encryption: .aes256GCM16, integrity: nil, group: .ecp384, usesESN: false)
        let keys = ChildKeys.derive(
            suite, prf: .hmacSHA384, d: Self.derive(Self.aead).d, sharedSecret: Self.newSecret,
            initiatorNonce: Self.initiatorNonce, responderNonce: Self.responderNonce)
        #expect(
            keys.initiator.array + keys.responder.array
                == bytes(
                    hex: """
                        e31b1b94e0b2146ae66dfe223ca64ccf0895fb6c8862990b446b80a4a81fd801ed5fdbce
                        e6e9455c4d56ee10cd73ea77d8c01f31d4e2fcc9d65765327e13f497f631ba09d99b39af
                        """))
        let cbc = ESPSuite(encryption: .aes256CBC, integrity: .hmacSHA512x256, usesESN: false)
        let others = ChildKeys.derive(
            cbc, prf: .hmacSHA384, d: Self.derive(Self.aead).d, initiatorNonce: Self.initiatorNonce,
            responderNonce: Self.responderNonce)
        #expect(others.initiator.count == 96 && others.responder.count == 96)
    }
}
