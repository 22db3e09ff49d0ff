import Foundation
import OpenSSL
import SSHSignatures
import Sodium
import TestPrograms
import Testing

struct SignatureTests {
    static let message = "tenants/acme: let the printer in\n"

    @Test(arguments: Keygen.Kind.allCases)
    func aSignatureOfSSHKeygenHolds(_ kind: Keygen.Kind) throws {
        let keygen = try Keygen()
        let path = try keygen.makeKey(kind)
        let key = try keygen.publicKey(path)
        for hash in SSHSignatureHash.allCases {
            let armored = try keygen.sign(Self.message, path, hash: hash)
            let signature = try SSHSignature(armored: armored)
            #expect(signature.hash == hash)
            #expect(signature.fingerprint == key.fingerprint)
            #expect(Array(signature.armored.utf8) == armored)
            try signature.verify(Array(Self.message.utf8), by: key)
            #expect(try signature.verify(Array(Self.message.utf8)) == key)
        }
    }

    @Test(arguments: Keygen.Kind.eachAlgorithm)
    func whatIsNotSignedIsRefused(_ kind: Keygen.Kind) throws {
        let keygen = try Keygen()
        let path = try keygen.makeKey(kind)
        let key = try keygen.publicKey(path)
        let signature = try SSHSignature(armored: try keygen.sign(Self.message, path))
        #expect(refusal { try signature.verify(Array((Self.message + " ").utf8), by: key) } == .wrongSignature)

        let other = try keygen.publicKey(try keygen.makeKey(kind, "other"))
        #expect(refusal { try signature.verify(Array(Self.message.utf8), by: other) } == .wrongKey)

        let file = try SSHSignature(armored: try keygen.sign(Self.message, path, namespace: "file"))
        #expect(refusal { try file.verify(Array(Self.message.utf8), by: key) } == .wrongNamespace("file"))
        try file.verify(Array(Self.message.utf8), for: "file", by: key)
    }

    @Test(arguments: Keygen.Kind.eachAlgorithm)
    func noBitOfASignatureCanBeChanged(_ kind: Keygen.Kind) throws {
        let keygen = try Keygen()
        let path = try keygen.makeKey(kind)
        let key = try keygen.publicKey(path)
        let bytes = try SSHSignature(armored: try keygen.sign(Self.message, path)).bytes
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(refusal { try SSHSignature(changed).verify(Array(Self.message.utf8), by: key) } != nil)
        }
        for count in bytes.indices {
            #expect(refusal { _ = try SSHSignature(Array(bytes[..<count])) } == .malformed)
        }
        #expect(refusal { _ = try SSHSignature(bytes + [0]) } == .malformed)
    }

    @Test func armorMustBeWholeAndAlone() throws {
        let keygen = try Keygen()
        let armored = try keygen.sign(Self.message, try keygen.makeKey(.ed25519))
        // Without the last line break it is still whole.
        for count in 0..<armored.count - 1 {
            #expect(refusal { _ = try SSHSignature(armored: Array(armored[..<count])) } == .badArmor)
        }
        for text in [armored + armored, armored + [65], [65] + armored] {
            #expect(refusal { _ = try SSHSignature(armored: text) } == .badArmor)
        }
        let spaced = String(decoding: armored, as: UTF8.self).replacingOccurrences(of: "\n", with: " \r\n")
        #expect(try SSHSignature(armored: Array("\n\(spaced)\n\n".utf8)) == SSHSignature(armored: armored))
        let long = [UInt8](repeating: 10, count: 2 * SSHSignature.maximumByteCount + 1)
        #expect(refusal { _ = try SSHSignature(armored: long) } == .tooLarge)
        #expect(refusal { _ = try SSHSignature(long) } == .tooLarge)
    }

    @Test func otherVersionsAndHashesAreRefused() throws {
        func signature(version: UInt32 = 1, hash: String = "sha512") throws -> SSHSignature {
            let inner = Wire.string("ssh-ed25519") + Wire.string([UInt8](repeating: 0, count: 64))
            return try SSHSignature(
                Array("SSHSIG".utf8) + Wire.uint32(version) + Wire.string("key") + Wire.string("git") + Wire.string("")
                    + Wire.string(hash) + Wire.string(inner))
        }
        #expect(refusal { _ = try signature(version: 2) } == .unsupportedVersion(2))
        #expect(refusal { _ = try signature(hash: "sha1") } == .unsupportedHash("sha1"))
        #expect(refusal { _ = try signature().verify([]) } == .key(.malformed))
    }

    @Test func whatWeSignSSHKeygenTakes() throws {
        let keygen = try Keygen()
        let signer = try keygen.privateKey(try keygen.makeKey(.ed25519))
        #expect(signer.comment == "ann@laptop")
        for hash in SSHSignatureHash.allCases {
            let signature = try SSHSignature(Array(Self.message.utf8), hash: hash, by: signer)
            try keygen.verify(signature, Self.message, by: signer.key)
            #expect(throws: Command.Failure.self) { try keygen.verify(signature, "something else", by: signer.key) }
        }
    }

    @Test(arguments: ["rsa-sha2-256", "rsa-sha2-512"])
    func rsaSignsWithEitherHash(_ name: String) throws {
        let keygen = try Keygen()
        let signer = try RSASigner(keygen, name)
        let signature = try SSHSignature(Array(Self.message.utf8), by: signer)
        try signature.verify(Array(Self.message.utf8), by: signer.key)
        try keygen.verify(signature, Self.message, by: signer.key)
    }

    @Test func rsaWithSHA1OrAnotherKindsSignatureIsRefused() throws {
        let keygen = try Keygen()
        var signer = try RSASigner(keygen, "rsa-sha2-512")
        for (name, reason) in [
            ("ssh-rsa", .sha1), ("ssh-ed25519", .wrongAlgorithm("ssh-ed25519")),
            ("rsa-sha2-256", .wrongSignature),
        ] as [(String, SSHSignatureRefusal)] {
            signer.claimed = name
            let signature = try SSHSignature(Array(Self.message.utf8), by: signer)
            #expect(refusal { try signature.verify(Array(Self.message.utf8), by: signer.key) } == reason)
        }
    }
}

/// An RSA key by OpenSSL: `ssh-keygen -Y sign` cannot be told which hash to sign with.
private struct RSASigner: SSHSigner {
    let key: SSHKey
    let signing: SigningKey
    let name: String
    /// What the signature says that it is.
    var claimed: String

    init(_ keygen: Keygen, _ name: String) throws {
        let path = try keygen.makeKey(.rsa2048, name, "-m", "PKCS8")
        key = try keygen.publicKey(path)
        signing = try SigningKey(OpenSSL.SecretBytes(copying: try Data(contentsOf: URL(fileURLWithPath: path))))
        self.name = name
        claimed = name
    }

    func sign(_ data: [UInt8]) throws -> [UInt8] {
        let scheme = SignatureScheme.rsaPKCS1(name == "rsa-sha2-256" ? .sha256 : .sha512)
        return Wire.string(claimed) + Wire.string(try #require(signing.sign(data, by: scheme)))
    }
}
