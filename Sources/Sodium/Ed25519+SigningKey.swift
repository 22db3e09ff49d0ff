extension Ed25519 {
    /// Something that makes Ed25519 signatures: a key in memory, or one that stays where it is, behind an agent or in a token.
    package protocol SigningKey: Sendable {
        var publicKey: PublicKey { get }

        /// The 64 bytes that `publicKey` verifies; the same message always gives the same signature (RFC 8032 §5.1.6).
        /// It may wait for whoever has the key.
        func sign(_ message: [UInt8]) throws -> [UInt8]
    }
}

extension Ed25519.PrivateKey: Ed25519.SigningKey {}
