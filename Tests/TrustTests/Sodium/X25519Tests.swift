import Sodium
import Testing

struct X25519Tests {
    /// RFC 7748 §5.2.
    @Test(arguments: [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
        ),
    ])
    func multipliesAsRFC7748Does(scalar: String, point: String, result: String) throws {
        let key = try #require(X25519.PrivateKey(SecretBytes(copying: try hex(scalar))))
        let peer = try #require(X25519.PublicKey(try hex(point)))
        let secret = try #require(key.sharedSecret(with: peer))
        #expect(Hex.encode(secret.withUnsafeBytes { Array($0) }) == result)
    }

    /// RFC 7748 §5.2: the result becomes the scalar, the scalar the point.
    @Test func athousandIterationsGiveThePublishedResult() throws {
        var scalar = [9] + [UInt8](repeating: 0, count: 31)
        var point = scalar
        for round in 1...1000 {
            let key = try #require(X25519.PrivateKey(SecretBytes(copying: scalar)))
            let peer = try #require(X25519.PublicKey(point))
            let secret = try #require(key.sharedSecret(with: peer))
            point = scalar
            scalar = secret.withUnsafeBytes { Array($0) }
            if round == 1 {
                #expect(Hex.encode(scalar) == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
            }
        }
        #expect(Hex.encode(scalar) == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")
    }

    @Test func bothSidesFindTheSameSecret() {
        let a = X25519.PrivateKey()
        let b = X25519.PrivateKey()
        #expect(a.sharedSecret(with: b.publicKey) == b.sharedSecret(with: a.publicKey))
        #expect(a.sharedSecret(with: b.publicKey) != nil)
    }

    @Test func aPointOfSmallOrderGivesNoSecret() throws {
        let zero = try #require(X25519.PublicKey([UInt8](repeating: 0, count: 32)))
        #expect(X25519.PrivateKey().sharedSecret(with: zero) == nil)
    }

    @Test func publicKeysAreReadInTheFormOfWg() throws {
        let key = X25519.PrivateKey().publicKey
        #expect(X25519.PublicKey(base64: key.base64) == key)
        #expect(X25519.PublicKey(base64: String(key.base64.dropLast())) == nil)
        #expect(X25519.PublicKey(base64: "") == nil)
    }
}
