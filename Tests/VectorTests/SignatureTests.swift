import OpenSSL
import Testing

/// Project Wycheproof's vectors of the signatures that prove who a peer is: wrong encodings, wrong paddings, wrong numbers.
@Suite struct SignatureVectorTests {
    @Test(arguments: [
        ("ecdsa-sha256", SignatureScheme.ecdsa(.sha256), 100), ("ecdsa-sha384", .ecdsa(.sha384), 50),
        ("pss-sha256", .rsaPSS(.sha256), 25), ("pkcs1-sha256", .rsaPKCS1(.sha256), 50),
    ])
    func verification(_ name: String, _ scheme: SignatureScheme, _ least: Int) throws {
        let lines = try VectorFile("wycheproof/signatures.txt").lines
        let keys = Dictionary(lines.filter { $0[0] == "key" }.map { ($0[1], $0[2]) }) { $1 }
        let tests = lines.filter { $0.count > 2 && $0[0] == "test" && $0[2] == name }
        #expect(tests.count > least)
        #expect(Set(tests.map { $0[3] }) == ["valid", "invalid"])
        for fields in tests {
            try #require(fields.count == 7)
            let key = try VerificationKey(der: VectorFile.bytes(try #require(keys[fields[4]])))
            let (message, signature) = (VectorFile.bytes(fields[5]), VectorFile.bytes(fields[6]))
            #expect(key.verifies(signature, of: message, by: scheme) == (fields[3] == "valid"), "test \(fields[1])")
        }
    }
}
