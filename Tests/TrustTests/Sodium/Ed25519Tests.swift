import Sodium
import Testing

/// RFC 8032 §7.1, tests 1 to 3.
struct Ed25519Vector: Sendable, CustomTestStringConvertible {
    let seed, publicKey, message, signature: String
    var testDescription: String { "message of \(message.count / 2) bytes" }

    static let all = [
        Ed25519Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature:
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"),
        Ed25519Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature:
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"),
        Ed25519Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature:
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"),
    ]
}

struct Ed25519Tests {
    @Test(arguments: Ed25519Vector.all)
    func signsAsRFC8032Does(vector: Ed25519Vector) throws {
        let key = try #require(Ed25519.PrivateKey(seed: SecretBytes(copying: try hex(vector.seed))))
        #expect(Hex.encode(key.publicKey.bytes) == vector.publicKey)
        #expect(Hex.encode(key.sign(try hex(vector.message))) == vector.signature)
        #expect(key.publicKey.isValid(try hex(vector.signature), for: try hex(vector.message)))
        #expect(Hex.encode(key.seed.withUnsafeBytes { Array($0) }) == vector.seed)
    }

    @Test func everyFlippedBitOfASignatureIsRefused() throws {
        let key = Ed25519.PrivateKey()
        let signature = key.sign([1, 2, 3])
        #expect(key.publicKey.isValid(signature, for: [1, 2, 3]))
        for bit in 0..<(signature.count * 8) {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.publicKey.isValid(changed, for: [1, 2, 3]))
        }
    }

    @Test func signaturesOfAnotherLengthAreRefused() {
        let key = Ed25519.PrivateKey()
        let signature = key.sign([])
        #expect(!key.publicKey.isValid(signature.dropLast(), for: []))
        #expect(!key.publicKey.isValid(signature + [0], for: []))
        #expect(!key.publicKey.isValid([], for: []))
    }

    @Test func aPublicKeyOfSmallOrderVerifiesNothing() throws {
        // The neutral element, with which R = S·B - h·A holds for S = 0 and any message.
        let key = try #require(Ed25519.PublicKey([1] + [UInt8](repeating: 0, count: 31)))
        #expect(!key.isValid([1] + [UInt8](repeating: 0, count: 63), for: [1, 2, 3]))
    }

    @Test func keysOfAnotherLengthAreNone() {
        #expect(Ed25519.PublicKey([UInt8](repeating: 1, count: 31)) == nil)
        #expect(Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 64))) == nil)
    }
}
