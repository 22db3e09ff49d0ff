import OpenSSL
import Testing

/// Project Wycheproof's vectors of what ESP and IKE are made of besides AEADs.
@Suite struct CBCAndHMACTests {
    @Test func aesCBC() throws {
        let lines = try VectorFile("wycheproof/aes-cbc.txt").lines
        #expect(lines.count > 30)
        for fields in lines {
            try #require(fields.count == 5)
            let parts = fields[1...].map(VectorFile.bytes)
            let (key, vector, text, ciphertext) = (parts[0], parts[1], parts[2], parts[3])
            #expect(process(text, key, vector, .encrypting) == ciphertext, "test \(fields[0])")
            #expect(process(ciphertext, key, vector, .decrypting) == text, "test \(fields[0])")
        }
    }

    private func process(
        _ text: [UInt8], _ key: [UInt8], _ vector: [UInt8], _ direction: CBCContext.Direction
    ) -> [UInt8] {
        let context = CBCContext(key.count == 16 ? .aes128 : .aes256, direction)
        context.setKey(key)
        var bytes = text
        bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            context.process(base, to: base, count: text.count, vector: vector)
        }
        return bytes
    }

    @Test(arguments: [("sha256", DigestAlgorithm.sha256), ("sha384", .sha384), ("sha512", .sha512)])
    func hmac(_ name: String, _ algorithm: DigestAlgorithm) throws {
        let lines = try VectorFile("wycheproof/hmac.txt").lines.filter { $0.count > 1 && $0[1] == name }
        #expect(lines.count > 50)
        for fields in lines {
            try #require(fields.count == 6)
            let (key, text, tag) = (
                VectorFile.bytes(fields[3]), VectorFile.bytes(fields[4]), VectorFile.bytes(fields[5])
            )
            let code = HMAC(algorithm, key: SecretBytes(copying: key)).code(for: text)
            #expect((Array(code.prefix(tag.count)) == tag) == (fields[2] == "valid"), "test \(fields[0])")
        }
    }
}
