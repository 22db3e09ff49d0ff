import Foundation
import OpenSSL
import SSHSignatures
import Sodium
import TestPrograms
import Testing

/// A FIDO authenticator in software: it makes what OpenSSH's PROTOCOL.u2f says that one makes.
struct Authenticator: SSHSigner {
    enum Secret {
        case ed25519(Ed25519.PrivateKey)
        case p256(SigningKey)
    }

    let secret: Secret
    let key: SSHKey
    /// What it hashes of the application; another one than the key's, where a test says so.
    var application = "ssh:"
    var flags: UInt8 = 0x01
    var counter: UInt32 = 77

    init(_ privateKey: Ed25519.PrivateKey) throws {
        secret = .ed25519(privateKey)
        key = try SSHKey(
            blob: Wire.string("sk-ssh-ed25519@openssh.com") + Wire.string(privateKey.publicKey.bytes)
                + Wire.string("ssh:"))
    }

    /// - Parameter file: a P-256 key in PEM.
    init(pem file: String) throws {
        let signing = try SigningKey(OpenSSL.SecretBytes(copying: try Data(contentsOf: URL(fileURLWithPath: file))))
        secret = .p256(signing)
        // The point is the end of a SubjectPublicKeyInfo.
        key = try SSHKey(
            blob: Wire.string("sk-ecdsa-sha2-nistp256@openssh.com") + Wire.string("nistp256")
                + Wire.string(signing.publicKey.der.suffix(65)) + Wire.string("ssh:"))
    }

    func sign(_ data: [UInt8]) throws -> [UInt8] {
        let seen = [flags] + Wire.uint32(counter)
        let message = SHA256Digest.of(application.utf8) + seen + SHA256Digest.of(data)
        switch secret {
        case .ed25519(let privateKey):
            return Wire.string(key.algorithm.rawValue) + Wire.string(privateKey.sign(message)) + seen
        case .p256(let signing):
            let der = try #require(signing.sign(message, by: .ecdsa(.sha256)))
            let fixed = try #require(ECDSASignature.fixed(fromDER: der, coordinateCount: 32))
            let numbers = Wire.integer(fixed.prefix(32)) + Wire.integer(fixed.suffix(32))
            return Wire.string(key.algorithm.rawValue) + Wire.string(numbers) + seen
        }
    }
}

/// RFC 4251 §5, written once more for tests: what the code under test writes is not checked against itself.
enum Wire {
    static func uint32(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    static func string(_ bytes: some Collection<UInt8>) -> [UInt8] { uint32(UInt32(bytes.count)) + bytes }

    static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    static func integer(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digits = bytes.drop { $0 == 0 }
        return string((digits.first ?? 0 >= 0x80 ? [0] : []) + digits)
    }
}
