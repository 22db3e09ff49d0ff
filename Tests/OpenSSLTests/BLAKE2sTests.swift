import OpenSSL
import Testing

@Suite struct BLAKE2sTests {
    private func hash(_ message: [UInt8]) -> String {
        message.withUnsafeBytes { BLAKE2s.hash($0).description }
    }

    private func mac(_ key: [UInt8], _ message: [UInt8], count: Int) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: count)
        key.withUnsafeBytes { key in
            message.withUnsafeBytes { message in
                out.withUnsafeMutableBytes { BLAKE2s.mac(key: key, message, into: $0) }
            }
        }
        return out
    }

    /// RFC 7693, appendix B.
    @Test func hashesTheExampleOfTheRFC() {
        #expect(hash(Array("abc".utf8)) == "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982")
    }

    @Test func hashesTwoPartsAsOne() {
        let parts = Array("ab".utf8).withUnsafeBytes { a in Array("c".utf8).withUnsafeBytes { BLAKE2s.hash(a, $0) } }
        #expect(parts.description == hash(Array("abc".utf8)))
    }

    /// From the known-answer tests of the BLAKE2 reference code: key 00…1f, message 00, 01, …
    @Test(arguments: [
        (0, "48a8997da407876b3d79c0d92325ad3b89cbb754d86ab71aee047ad345fd2c49"),
        (1, "40d15fee7c328830166ac3f918650f807e7e01e177258cdc0a39b11f598066f1"),
        (64, "8975b0577fd35566d750b362b0897a26c399136df07bababbde6203ff2954ed4"),
        (255, "3fb735061abc519dfe979e54c1ee5bfad0a9d858b3315bad34bde999efd724dd"),
    ])
    func keyedHashMatchesKnownAnswers(count: Int, expected: String) {
        let message = (0..<count).map { UInt8($0) }
        #expect(mac(Array(0..<32), message, count: 32) == hex(expected))
    }

    /// All 256 known answers at once, by the hash of their concatenation (computed with CPython's hashlib).
    @Test func everyMessageLengthMatchesKnownAnswers() {
        let messages = (0..<256).map { count in (0..<count).map { UInt8($0) } }
        let keyed = messages.flatMap { mac(Array(0..<32), $0, count: 32) }
        #expect(hash(keyed) == "2582f7b18a91f66ef22aa9455384ada69b2590306a6470ee8588df75ee982f02")
        let plain = messages.flatMap { message in message.withUnsafeBytes { BLAKE2s.hash($0).array } }
        #expect(hash(plain) == "6d86d20a9d486cc270bc10f4523a3e811f7f88636204b0a9a76277823b30b672")
    }

    /// As WireGuard's MAC1 and MAC2 are made (computed with CPython's hashlib).
    @Test func macOfSixteenBytesIsNoPrefixOfTheLongOne() {
        let message = Array("mac test".utf8)
        #expect(mac(Array(0..<32), message, count: 16) == hex("934e46e2eecf0f652efab9615e3b366a"))
        #expect(mac(Array(0..<16), message, count: 16) == hex("3407e5048370738c5792ad172ae06b5a"))
    }
}
