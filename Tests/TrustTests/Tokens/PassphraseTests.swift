import Sodium
import TestRandom
import Testing
import Trust

/// Keys that a passphrase encrypts: PASERK's own test vectors, and what a foreign file may try.
struct PassphraseTests {
    private static let seed = "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
    private static let publicKey = "1ce56a48c82ff99162a14bc544612674e5d61fb9317e65d4055780fdbcb4dc35"
    private static let cheap = PASERK.Cost(memory: 8192, passes: 1)
    private let passphrase = SecretBytes(copying: Array("correct horse battery staple".utf8))

    /// github.com/paseto-standard/test-vectors, PASERK/k4.secret-pw.json.
    @Test(arguments: [
        "k4.secret-pw.Stkwnh1lHUA7p3t2GDRxdQAAAAAEAAAAAAAAAgAAAAEUtfYRjsLAnE5hGX0Ni8H_W2XdVz5laZ9MdByIYgnDQnXEEx7NyXzBHhKd"
            + "NVa12XhSLNTNMLuSo5kDMsJUHlEMt8yIE-F7GMDvBXTFvNFniK1Ao0TreYqIYTSKfIvfcZhwiWuHqFGddVhOvTrNt8zi53IeF-g089U",
        "k4.secret-pw.8SqqKhga2erPtJdHMtSD3QAAAAAQAAAAAAAAAwAAAAFgsqMCqzX86kHsjfVlP05h7FBHA-438QAYiiTY4IhpGLDnZLmxLrB4A6P_"
            + "cC_o2zZR_kxzf5NgsmrsAe-FgrI4e0zd2FhVC3G9d6huc8aKqe-wcUSTLpQsCFTnkuVHM2_sIXQaPoKQl14g-ZjmGEMjtVXiDX6Tb2k",
    ])
    func officialVectorsAreOpened(wrapped: String) throws {
        let key = try PASERK.unwrap(wrapped, passphrase: passphrase)
        #expect(key.seed == SecretBytes(copying: try hex(Self.seed)))
        #expect(key.publicKey.bytes == (try hex(Self.publicKey)))
    }

    @Test func whatIsWrappedIsOpened() throws {
        let key = Ed25519.PrivateKey()
        let wrapped = try PASERK.wrap(key, passphrase: passphrase, cost: Self.cheap)
        #expect(try PASERK.unwrap(text(wrapped), passphrase: passphrase).seed == key.seed)
        let again = try PASERK.wrap(key, passphrase: passphrase, cost: Self.cheap)
        #expect(again != wrapped)
    }

    @Test func anotherPassphraseAndAnyChangedByteAreRefused() throws {
        let wrapped = text(try PASERK.wrap(Ed25519.PrivateKey(), passphrase: passphrase, cost: Self.cheap))
        for other in ["", "Correct horse battery staple", "correct horse battery staple\n"] {
            let other = SecretBytes(copying: Array(other.utf8))
            #expect(throws: PassphraseError.wrongPassphrase) { try PASERK.unwrap(wrapped, passphrase: other) }
        }
        let header = "k4.secret-pw."
        let bytes = try #require(Base64.decode(wrapped.dropFirst(header.count), .urlSafe))
        // Without the cost, whose changes are refused for what they are.
        for index in bytes.indices where !(16..<32).contains(index) {
            var changed = bytes
            changed[index] ^= 1
            let text = header + Base64.encode(changed, .urlSafe)
            #expect(throws: PassphraseError.wrongPassphrase) { try PASERK.unwrap(text, passphrase: passphrase) }
        }
        for count in [0, 1, 151, 153] {
            let text = header + Base64.encode((bytes + [0]).prefix(count), .urlSafe)
            #expect(throws: PassphraseError.malformed) { try PASERK.unwrap(text, passphrase: passphrase) }
        }
    }

    @Test(arguments: [
        (UInt64(2) << 30, UInt32(1), UInt32(1), PassphraseError.tooCostly), (1 << 62, 1, 1, .tooCostly),
        (.max - 1023, 1, 1, .tooCostly), (8192, 17, 1, .tooCostly), (8192, .max, 1, .tooCostly),
        (8191, 1, 1, .malformed), (8193, 1, 1, .malformed), (0, 1, 1, .malformed), (8192, 0, 1, .malformed),
        (8192, 1, 0, .malformed), (8192, 1, 2, .malformed),
    ])
    func aFileDecidesOnNoCostThatStopsTheMachine(
        memory: UInt64, passes: UInt32, lanes: UInt32, refusal: PassphraseError
    ) throws {
        let wrapped = text(try PASERK.wrap(Ed25519.PrivateKey(), passphrase: passphrase, cost: Self.cheap))
        var bytes = try #require(Base64.decode(wrapped.dropFirst("k4.secret-pw.".count), .urlSafe))
        let cost =
            [56, 48, 40, 32, 24, 16, 8, 0].map { UInt8(truncatingIfNeeded: memory >> $0) }
            + [passes, lanes].flatMap { value in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        bytes.replaceSubrange(16..<32, with: cost)
        let text = "k4.secret-pw." + Base64.encode(bytes, .urlSafe)
        #expect(throws: refusal) { try PASERK.unwrap(text, passphrase: passphrase) }
    }

    @Test func garbageIsNoKey() {
        var generator = SeededRandom(9)
        for _ in 0..<2000 {
            let bytes = generator.bytes(Int.random(in: 0...200, using: &generator))
            let text = "k4.secret-pw." + Base64.encode(bytes.prefix(24) + [0, 0, 0xFF] + bytes, .urlSafe)
            #expect(throws: PassphraseError.self) { try PASERK.unwrap(text, passphrase: passphrase) }
        }
    }

    private func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
