import OpenSSL
import Testing
import WireGuard

@Suite struct Curve25519Tests {
    private func shared(_ scalar: String, _ point: String) throws -> [UInt8]? {
        let peer = try #require(Bytes32(hex(point)))
        return Curve25519.PrivateKey(try secret(scalar)).sharedSecret(with: peer)?.array
    }

    /// RFC 7748, §5.2.
    @Test func matchesTheVectorsOfTheRFC() throws {
        let first = try shared(
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
        #expect(first == hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"))
        let second = try shared(
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493")
        #expect(second == hex("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"))
    }

    /// RFC 7748, §5.2: the scalar and the point feed back.
    @Test func matchesTheIteratedVectorOfTheRFC() throws {
        var scalar = "0900000000000000000000000000000000000000000000000000000000000000"
        var point = scalar
        for round in 1...1000 {
            let result = try #require(try shared(scalar, point))
            point = scalar
            scalar = try #require(Bytes32(result)).description
            if round == 1 {
                #expect(scalar == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
            }
        }
        #expect(scalar == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")
    }

    /// RFC 7748, §6.1.
    @Test func twoPartiesAgree() throws {
        let alice = Curve25519.PrivateKey(
            try secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
        let bob = Curve25519.PrivateKey(
            try secret("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
        #expect(alice.publicKey.description == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        #expect(bob.publicKey.description == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let agreed = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
        #expect(alice.sharedSecret(with: bob.publicKey)?.array == agreed)
        #expect(bob.sharedSecret(with: alice.publicKey)?.array == agreed)
    }

    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func pointOfSmallOrderIsRefused(point: String) throws {
        #expect(try shared("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", point) == nil)
    }

    @Test func privateKeyIsClamped() throws {
        let key = Curve25519.PrivateKey(try secret(String(repeating: "ff", count: 32)))
        #expect(key.secret.array == hex("f8" + String(repeating: "ff", count: 30) + "7f"))
    }
}
