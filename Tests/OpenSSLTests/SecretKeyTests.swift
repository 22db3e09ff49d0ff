import OpenSSL
import Testing

@Suite struct SecretKeyTests {
    @Test func showsNothingOfItself() throws {
        let key = try secret(String(repeating: "41", count: 32))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\([key])"] {
            #expect(!text.contains("A") && !text.contains("65") && !text.contains("41"))
        }
        #expect(Mirror(reflecting: key).children.isEmpty)
    }

    @Test func hasThirtyTwoBytes() {
        for count in 0...64 {
            #expect((SecretKey(copying: [UInt8](repeating: 1, count: count)) != nil) == (count == 32))
        }
    }

    @Test func equalsByItsBytes() throws {
        let text = "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"
        #expect(try secret(text) == secret(text))
        for byte in 0..<32 {
            var bytes = hex(text)
            bytes[byte] ^= 1
            #expect(try secret(text) != #require(SecretKey(copying: bytes)))
        }
    }

    @Test func zeroKeyIsToldApart() throws {
        #expect(SecretKey.zero.isZero)
        #expect(try !secret("01" + String(repeating: "00", count: 31)).isZero)
    }

    @Test func randomKeysDiffer() {
        #expect(SecretKey.random() != SecretKey.random())
        #expect(SecureRandom.bytes(count: 48) != SecureRandom.bytes(count: 48))
    }
}
