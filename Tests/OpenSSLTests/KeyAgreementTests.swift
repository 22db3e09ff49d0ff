import OpenSSL
import Testing

@Suite struct KeyAgreementTests {
    typealias Group = KeyAgreement.Group

    struct Vector: Sendable {
        let group: Group
        /// Begins a PKCS#8 encoding; the private key follows.
        let prefix: String
        let privateKey: String
        let publicValue: String
        let peer: String
        let secret: String
    }

    static let p256 = Vector(
        // RFC 5903 §8.1
        group: .p256, prefix: "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420",
        privateKey: "C88F01F5 10D9AC3F 70A292DA A2316DE5 44E9AAB8 AFE84049 C62A9C57 862D1433",
        publicValue: """
            DAD0B653 94221CF9 B051E1FE CA5787D0 98DFE637 FC90B9EF 945D0C37 72581180
            5271A046 1CDB8252 D61F1C45 6FA3E59A B1F45B33 ACCF5F58 389E0577 B8990BB3
            """,
        peer: """
            D12DFB52 89C8D4F8 1208B702 70398C34 2296970A 0BCCB74C 736FC755 4494BF63
            56FBF3CA 366CC23E 8157854C 13C58D6A AC23F046 ADA30F83 53E74F33 039872AB
            """,
        secret: "D6840F6B 42F6EDAF D13116E0 E1256520 2FEF8E9E CE7DCE03 812464D0 4B9442DE")

    static let p384 = Vector(
        // RFC 5903 §8.2
        group: .p384, prefix: "304e020100301006072a8648ce3d020106052b81040022043730350201010430",
        privateKey: """
            099F3C70 34D4A2C6 99884D73 A375A67F 7624EF7C 6B3C0F16 0647B674 14DCE655
            E35B5380 41E649EE 3FAEF896 783AB194
            """,
        publicValue: """
            667842D7 D180AC2C DE6F74F3 7551F557 55C7645C 20EF73E3 1634FE72 B4C55EE6
            DE3AC808 ACB4BDB4 C88732AE E95F41AA 9482ED1F C0EEB9CA FC498462 5CCFC23F
            65032149 E0E144AD A0241815 35A0F38E EB9FCFF3 C2C947DA E69B4C63 4573A81C
            """,
        peer: """
            E558DBEF 53EECDE3 D3FCCFC1 AEA08A89 A987475D 12FD950D 83CFA417 32BC509D
            0D1AC43A 0336DEF9 6FDA41D0 774A3571 DCFBEC7A ACF31964 72169E83 8430367F
            66EEBE3C 6E70C416 DD5F0C68 759DD1FF F83FA401 42209DFF 5EAAD96D B9E6386C
            """,
        secret: """
            11187331 C279962D 93D60424 3FD592CB 9D0A926F 422E4718 7521287E 7156C5C4
            D6031355 69B9E9D0 9CF5D4A2 70F59746
            """)

    static let x25519 = Vector(
        // RFC 7748 §6.1
        group: .x25519, prefix: "302e020100300506032b656e04220420",
        privateKey: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        publicValue: "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        peer: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
        secret: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")

    @Test(arguments: [p256, p384, x25519])
    func givesTheVectorsSecret(_ vector: Vector) throws {
        let key = try KeyAgreement(
            vector.group, pkcs8: SecretBytes(copying: hex(vector.prefix) + hex(vector.privateKey)))
        #expect(key.publicValue == hex(vector.publicValue))
        #expect(try key.sharedSecret(with: hex(vector.peer)) == SecretBytes(copying: hex(vector.secret)))
    }

    @Test(arguments: Group.allCases)
    func bothSidesAgree(_ group: Group) throws {
        let (a, b) = (KeyAgreement(group), KeyAgreement(group))
        #expect(a.publicValue != b.publicValue)
        #expect(a.publicValue.count == group.publicCount)
        let secret = try a.sharedSecret(with: b.publicValue)
        #expect(secret.count == group.secretCount)
        #expect(try secret == b.sharedSecret(with: a.publicValue))
        #expect(try secret != KeyAgreement(group).sharedSecret(with: a.publicValue))
    }

    @Test(arguments: Group.allCases)
    func otherLengthsAreRefused(_ group: Group) {
        let key = KeyAgreement(group)
        let value = KeyAgreement(group).publicValue
        for wrong in [[], [0], Array(value.dropLast()), Array(value.dropFirst()), value + [0], [0] + value] {
            #expect(throws: KeyAgreementRefusal.length) { try key.sharedSecret(with: wrong) }
        }
    }

    @Test(arguments: [Group.modp2048, .modp3072, .modp4096])
    func weakPublicValuesAreRefused(_ group: Group) {
        let key = KeyAgreement(group)
        let prime = Self.prime(group)
        let zero = [UInt8](repeating: 0, count: group.publicCount)
        var (one, below, above) = (zero, prime, prime)
        one[one.count - 1] = 1
        // The prime ends with 64 ones.
        below[below.count - 1] = 0xFE
        above.replaceSubrange(above.count - 8..<above.count, with: [0, 0, 0, 0, 0, 0, 0, 0])
        for index in (0..<above.count - 8).reversed() {
            above[index] &+= 1
            if above[index] != 0 { break }
        }
        for weak in [zero, one, below, prime, above, [UInt8](repeating: 0xFF, count: group.publicCount)] {
            #expect(throws: KeyAgreementRefusal.invalidPublicValue) { try key.sharedSecret(with: weak) }
        }
    }

    @Test func smallestOfTheSubgroupIsTaken() throws {
        // 4 is 2², the public value of the private key 2: no attack, and one of few values that are known without computing.
        var four = [UInt8](repeating: 0, count: Group.modp2048.publicCount)
        four[four.count - 1] = 4
        let key = KeyAgreement(.modp2048)
        #expect(try key.sharedSecret(with: four).count == 256)
    }

    @Test(arguments: [p256, p384])
    func pointsOffTheCurveAreRefused(_ vector: Vector) {
        let key = KeyAgreement(vector.group)
        let half = vector.group.publicCount / 2
        var moved = hex(vector.peer)
        moved[moved.count - 1] ^= 1
        var swapped = hex(vector.peer)
        swapped = Array(swapped[half...] + swapped[..<half])
        for wrong in [
            moved, swapped, [UInt8](repeating: 0, count: 2 * half), [UInt8](repeating: 0xFF, count: 2 * half),
        ] {
            #expect(throws: KeyAgreementRefusal.invalidPublicValue) { try key.sharedSecret(with: wrong) }
        }
    }

    /// RFC 7748 §6.1: with these the result would be all zero, whoever computes it.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func pointsOfSmallOrderAreRefused(_ point: String) {
        let key = KeyAgreement(.x25519)
        #expect(throws: KeyAgreementRefusal.invalidPublicValue) { try key.sharedSecret(with: hex(point)) }
    }

    @Test func keyOfAnotherGroupIsRefused() {
        let encoded = SecretBytes(copying: hex(Self.p256.prefix) + hex(Self.p256.privateKey))
        for group in [Group.p384, .x25519, .modp2048] {
            #expect(throws: KeyRefusal.unsupported) { try KeyAgreement(group, pkcs8: encoded) }
        }
    }

    /// RFC 3526, §3 to §5.
    static func prime(_ group: Group) -> [UInt8] {
        switch group {
        case .modp2048:
            hex(
                """
                ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd
                ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed
                ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f
                83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b
                e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510
                15728e5a8aacaa68ffffffffffffffff
                """)
        case .modp3072:
            hex(
                """
                ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd
                ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed
                ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f
                83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b
                e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510
                15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7
                abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c
                bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff
                """)
        case .modp4096:
            hex(
                """
                ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd
                ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed
                ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f
                83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b
                e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510
                15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7
                abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c
                bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a92108011a723c12a787e6d7
                88719a10bdba5b2699c327186af4e23c1a946834b6150bda2583e9ca2ad44ce8dbbbc2db04de8ef92e8efc141fbecaa6
                287c59474e6bc05d99b2964fa090c3a2233ba186515be7ed1f612970cee2d7afb81bdd762170481cd0069127d5b05aa9
                93b4ea988d8fddc186ffb7dc90a6c08f4df435c934063199ffffffffffffffff
                """)
        default: []
        }
    }
}
