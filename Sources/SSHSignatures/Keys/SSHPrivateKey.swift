package import Sodium

/// An Ed25519 key to sign with, from a file as `ssh-keygen` writes it (OpenSSH's PROTOCOL.key). What has a passphrase, and any
/// other kind of key, signs through an agent.
package struct SSHPrivateKey: Sendable {
    package let comment: String
    private let signingKey: SSHSigningKey

    package var key: SSHKey { signingKey.key }

    package enum Refusal: Error, Hashable, Sendable {
        case malformed
        /// A passphrase protects it.
        case encrypted
        case unsupported(String)
    }

    static let armor = PEMArmor(label: "OPENSSH PRIVATE KEY", limit: 64 << 10)

    package init(_ file: SecretBytes) throws(Refusal) {
        let text = file.withUnsafeBytes { Array($0) }
        guard let bytes = try? Self.armor.decode(text) else { throw .malformed }
        var reader = SSHReader(bytes)
        guard reader.bytes(Self.magic.count) == Self.magic, let cipher = reader.text(), let derivation = reader.text(),
            reader.string() != nil
        else { throw .malformed }
        guard cipher == "none", derivation == "none" else { throw .encrypted }
        guard reader.uint32() == 1, let publicBlob = reader.string(), let secrets = reader.string(), reader.isAtEnd
        else { throw .malformed }
        try self.init(secrets: secrets, publicBlob: publicBlob)
    }

    private init(secrets: [UInt8], publicBlob: [UInt8]) throws(Refusal) {
        var reader = SSHReader(secrets)
        guard let first = reader.uint32(), first == reader.uint32(), let name = reader.text() else {
            throw .malformed
        }
        guard name == SSHKeyAlgorithm.ed25519.rawValue else { throw .unsupported(name) }
        guard let publicKey = reader.string(), let pair = reader.string(),
            pair.count == Ed25519.seedCount + Ed25519.publicKeyCount, let comment = reader.string(),
            let privateKey = Ed25519.PrivateKey(seed: SecretBytes(copying: pair.prefix(Ed25519.seedCount))),
            privateKey.publicKey.bytes == publicKey
        else { throw .malformed }
        // Padding counts from 1.
        var expected: UInt8 = 1
        while let byte = reader.byte() {
            guard byte == expected, expected < 64 else { throw .malformed }
            expected += 1
        }
        self.init(privateKey, comment: String(decoding: comment, as: UTF8.self))
        guard key.blob == publicBlob else { throw .malformed }
    }

    package init(_ privateKey: Ed25519.PrivateKey, comment: String = "") {
        signingKey = SSHSigningKey(privateKey)
        self.comment = comment
    }

    private static let magic = Array("openssh-key-v1\0".utf8)
}

extension SSHPrivateKey: SSHSigner {
    package func sign(_ data: [UInt8]) throws -> [UInt8] { try signingKey.sign(data) }
}

extension SSHPrivateKey.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "not a private key of OpenSSH"
        case .encrypted: "a passphrase protects the key: hand it to an agent with ssh-add"
        case .unsupported(let name): "keys of the kind `\(name)` sign through an agent: ssh-add"
        }
    }
}

extension SSHKey {
    package init(_ key: Ed25519.PublicKey) {
        var writer = SSHWriter()
        writer.put(text: SSHKeyAlgorithm.ed25519.rawValue)
        writer.put(string: key.bytes)
        self.init(.ed25519, writer.bytes, .ed25519(key))
    }
}
