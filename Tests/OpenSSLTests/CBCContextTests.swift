import OpenSSL
import Testing

/// NIST SP 800-38A, F.2.
@Suite struct CBCContextTests {
    static let text = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
    static let vector = hex("000102030405060708090a0b0c0d0e0f")

    @Test(arguments: [
        (
            CBCContext.Algorithm.aes128, "2b7e151628aed2a6abf7158809cf4f3c",
            "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
        ),
        (
            .aes256, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        ),
    ])
    func givesTheVectorsResults(_ algorithm: CBCContext.Algorithm, _ key: String, _ ciphertext: String) {
        let encrypting = CBCContext(algorithm, .encrypting)
        let decrypting = CBCContext(algorithm, .decrypting)
        encrypting.setKey(hex(key))
        decrypting.setKey(hex(key))
        // Contexts are used again and again, in place as well, for any number of blocks.
        for count in [32, 16, 0, 32] {
            var bytes = Array(Self.text.prefix(count))
            bytes.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                encrypting.process(base, to: base, count: count, vector: Self.vector)
            }
            #expect(bytes == Array(hex(ciphertext).prefix(count)))
            bytes.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                decrypting.process(base, to: base, count: count, vector: Self.vector)
            }
            #expect(bytes == Array(Self.text.prefix(count)))
        }
    }
}
