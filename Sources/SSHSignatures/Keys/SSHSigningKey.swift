package import Sodium

/// An Ed25519 key of ours as one that signs as SSH's keys do, wherever its secret half is.
package struct SSHSigningKey: SSHSigner, Sendable {
    package let key: SSHKey
    private let signingKey: any Ed25519.SigningKey

    package init(_ signingKey: any Ed25519.SigningKey) {
        self.signingKey = signingKey
        key = SSHKey(signingKey.publicKey)
    }

    package func sign(_ data: [UInt8]) throws -> [UInt8] {
        var writer = SSHWriter()
        writer.put(text: SSHKeyAlgorithm.ed25519.rawValue)
        writer.put(string: try signingKey.sign(data))
        return writer.bytes
    }
}
