import OpenSSL
import Testing

/// The vectors of wireguard-go's `kdf_test.go`. HMAC pads a key with zeros, so that short keys are padded here to 32 bytes.
@Suite struct KeyDerivationTests {
    struct Vector: Sendable {
        let text: (key: String, input: String)
        let keys: [String]
    }

    static let vectors = [
        Vector(
            text: ("746573742d6b6579", "746573742d696e707574"),
            keys: [
                "6f0e5ad38daba1bea8a0d213688736f19763239305e0f58aba697f9ffc41c633",
                "df1194df20802a4fe594cde27e92991c8cae66c366e8106aaa937a55fa371e8a",
                "fac6e2745a325f5dc5d11a5b165aad08b0ada28e7b4e666b7c077934a4d76c24",
            ]),
        Vector(
            text: ("776972656775617264", "776972656775617264"),
            keys: [
                "491d43bbfdaa8750aaf535e334ecbfe5129967cd64635101c566d4caefda96e8",
                "1e71a379baefd8a79aa4662212fcafe19a23e2b609a3db7d6bcba8f560e3d25f",
                "31e1ae48bddfbe5de38f295e5452b1909a1b4e38e183926af3780b0c1e1f0160",
            ]),
        Vector(
            text: ("", ""),
            keys: [
                "8387b46bf43eccfcf349552a095d8315c4055beb90208fb1be23b894bc2ed5d0",
                "58a0e5f6faefccf4807bff1f05fa8a9217945762040bcec2f4b4a62bdfe0e86e",
                "0ce6ea98ec548f8e281e93e32db65621c45eb18dc6f0a7ad94178610a2f7338e",
            ]),
    ]

    @Test(arguments: vectors)
    func matchesPublishedVectors(vector: Vector) throws {
        let short = hex(vector.text.key)
        let key = try #require(SecretKey(copying: short + [UInt8](repeating: 0, count: 32 - short.count)))
        hex(vector.text.input).withUnsafeBytes { input in
            let three = KeyDerivation.three(key, input)
            let two = KeyDerivation.two(key, input)
            let expected = vector.keys.map(hex)
            #expect([three.0, three.1, three.2].map(\.array) == expected)
            #expect([two.0, two.1].map(\.array) == Array(expected[..<2]))
            #expect(KeyDerivation.one(key, input).array == expected[0])
        }
    }
}
