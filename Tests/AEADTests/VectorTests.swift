import AEAD
import Testing

@Suite struct VectorTests {
    struct Vector: Sendable {
        let name: String
        let algorithm: AEADAlgorithm
        let keyingMaterial: [UInt8]
        let counter: UInt64
        let header: [UInt8]
        let plaintext: [UInt8]
        let sealed: [UInt8]
    }

    static let vectors = [
        // Its nonce begins with four zero bytes, as WireGuard's do.
        Vector(
            name: "RFC 8439, appendix A.5", algorithm: .chaCha20Poly1305,
            keyingMaterial: hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"),
            counter: 0x0807_0605_0403_0201, header: hex("f33388860000000000004e91"),
            plaintext: Array(
                """
                Internet-Drafts are draft documents valid for a maximum of six months and may be updated, replaced, or \
                obsoleted by other documents at any time. It is inappropriate to use Internet-Drafts as reference material \
                or to cite them other than as /“work in progress./”
                """.utf8),
            sealed: hex(
                """
                64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0
                bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855
                9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e9
                9040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a
                0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130
                305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709b eead9d67890cbb22392336fea1851f38
                """)),
        Vector(
            name: "RFC 7634, appendix A", algorithm: .saltedChaCha20Poly1305,
            keyingMaterial: hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f a0a1a2a3"),
            counter: 0x1011_1213_1415_1617, header: hex("01020304 00000005"),
            plaintext: hex(
                """
                45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10
                0007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223
                2425262728292a2b2c2d2e2f3031323334353637 01020204
                """),
            sealed: hex(
                """
                24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f7
                2aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0
                76aaa8266b7fb0f7b11b369907e1ad43
                """)),
        Vector(
            name: "GCM specification, test case 1", algorithm: .aes128GCM,
            keyingMaterial: [UInt8](repeating: 0, count: 20), counter: 0, header: [], plaintext: [],
            sealed: hex("58e2fccefa7e3061367f1d57a4e7455a")),
        Vector(
            name: "GCM specification, test case 4", algorithm: .aes128GCM,
            keyingMaterial: hex("feffe9928665731c6d6a8f9467308308 cafebabe"), counter: 0xface_dbad_deca_f888,
            header: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
            plaintext: hex(
                """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """),
            sealed: hex(
                """
                42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
                21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091 5bc94fbc3221a5db94fae95ae7121a47
                """)),
        Vector(
            name: "GCM specification, test case 16", algorithm: .aes256GCM,
            keyingMaterial: hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308 cafebabe"),
            counter: 0xface_dbad_deca_f888, header: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
            plaintext: hex(
                """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """),
            sealed: hex(
                """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b
                """)),
        Vector(
            name: "RFC 4106 with extended sequence numbers (draft-mcgrew-gcm-test-01)", algorithm: .aes128GCM,
            keyingMaterial: hex("4c80cdefbb5d10da906ac73c3613a634 2e443b68"), counter: 0x4956_ed7e_3b24_4cfe,
            header: hex("00004321 87654321 00000000"),
            plaintext: hex(
                """
                45000048699a000080114db7c0a80102c0a801010a9bf15638d3010000010000
                00000000045f736970045f756470037369700963796265726369747902646b0000210001 01020201
                """),
            sealed: hex(
                """
                fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34
                cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce
                61bc17d768fd9732 459018148f6cbe722fd04796562dfdb4
                """)),
        Vector(
            name: "RFC 4106, a packet of DNS (draft-mcgrew-gcm-test-01)", algorithm: .aes128GCM,
            keyingMaterial: hex("feffe9928665731c6d6a8f9467308308 cafebabe"), counter: 0xface_dbad_deca_f888,
            header: hex("0000a5f8 0000000a"),
            plaintext: hex(
                """
                4500003e698f000080114dccc0a80102c0a801010a980035002a2343b2d00100
                0001000000000000037369700963796265726369747902646b0000010001 0001
                """),
            sealed: hex(
                """
                deb22cd9b07c72c16e3a65beeb8df304a5a5897d33ae530f1ba76d5d114d2a5c
                3de81827c10e9a4f51330d0eec416642cfbb85a5b47e48a4ec3b9ba95d918bd1 83b70d3aa8bc6ee4c309e9d85a41ad4a
                """)),
        Vector(
            name: "RFC 4106, a packet of TCP (draft-mcgrew-gcm-test-01)", algorithm: .aes256GCM,
            keyingMaterial: hex("abbccddef00112233445566778899aababbccddef00112233445566778899aab 11223344"),
            counter: 0x0102_0304_0506_0708, header: hex("4a2cbfe3 00000002"),
            plaintext: hex(
                """
                4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee000000000
                7002400020bf0000020405b401010402 01020201
                """),
            sealed: hex(
                """
                ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763
                748a637985771d347f0545659f14e99def842d8e b335f4eecfdbf831824b4c4915956c96
                """)),
    ]

    @Test(arguments: AEADEngine.Kind.here, vectors)
    func sealsAsTheStandardSays(_ kind: AEADEngine.Kind, _ vector: Vector) throws {
        let packet = Packet(text: vector.plaintext, counter: vector.counter, header: vector.header)
        let key = try key(vector.algorithm, vector.keyingMaterial)
        #expect(try AEADEngine(kind).seal(packet, with: key) == vector.sealed)
    }

    @Test(arguments: AEADEngine.Kind.here, vectors)
    func opensAsTheStandardSays(_ kind: AEADEngine.Kind, _ vector: Vector) throws {
        let packet = Packet(text: vector.sealed, counter: vector.counter, header: vector.header)
        let key = try key(vector.algorithm, vector.keyingMaterial)
        #expect(try AEADEngine(kind).open(packet, with: key) == vector.plaintext)
    }
}

extension VectorTests.Vector: CustomTestStringConvertible {
    var testDescription: String { name }
}
