import OpenSSL
import Testing

@Suite struct SecretBytesTests {
    @Test func showsNothingOfItself() {
        let key = SecretBytes(copying: [UInt8](repeating: 0x41, count: 40))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\([key])"] {
            #expect(!text.contains("A") && !text.contains("65") && !text.contains("41"))
        }
        #expect(Mirror(reflecting: key).children.isEmpty)
    }

    @Test func equalsByItsBytes() {
        for count in [0, 1, 20, 64, 300] {
            let bytes = [UInt8](repeating: 7, count: count)
            #expect(SecretBytes(copying: bytes) == SecretBytes(copying: bytes))
            #expect(SecretBytes(copying: bytes) != SecretBytes(copying: bytes + [0]))
            for index in bytes.indices {
                var other = bytes
                other[index] ^= 0x80
                #expect(SecretBytes(copying: bytes) != SecretBytes(copying: other))
            }
        }
    }

    @Test func slicesAreCopies() {
        let key = SecretBytes(copying: Array(0..<10))
        #expect(key.slice(2..<5) == SecretBytes(copying: [2, 3, 4]))
        #expect(key.slice(0..<0).isEmpty)
        #expect(key.slice(0..<10) == key)
    }
}
