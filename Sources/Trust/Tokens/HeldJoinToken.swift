package import Sodium

/// A join token with the secret half of its own key: what an administrator hands to a machine. The machine sends the token
/// and what it signs; the secret half never leaves it.
package struct HeldJoinToken: Sendable {
    /// Between the token and the seed. It is in no base64 and no PASETO, and a shell takes it as it is.
    private static let separator: Character = "~"

    package let token: UnverifiedJoinToken
    private let key: Ed25519.PrivateKey

    /// - Parameter text: `TOKEN~SEED`. Throws `malformed` also for a seed that is not of the token's key.
    package init(_ text: some StringProtocol) throws(TokenError) {
        let parts = text.split(separator: Self.separator, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw TokenError(.malformed, "a join token is TOKEN~SEED, as `cvlan token create` prints it")
        }
        token = try UnverifiedJoinToken(parts[0])
        guard let seed = Base64.decode(parts[1], .urlSafe),
            let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed)), key.publicKey == token.claims.key
        else { throw TokenError(.malformed, "what follows ~ is not the seed of the token's key") }
        self.key = key
    }

    /// Signs a token whose own key is `holder`.
    package init(_ claims: JoinToken, heldBy holder: Ed25519.PrivateKey, signedBy key: Ed25519.PrivateKey)
        throws(TokenError)
    {
        guard claims.key == holder.publicKey else { throw TokenError(.malformed, "key is not the holder's") }
        token = try UnverifiedJoinToken(try claims.sign(by: key))
        self.key = holder
    }

    /// `TOKEN~SEED`: whoever reads it can join.
    package var text: SecretBytes {
        let seed = key.seed.withUnsafeBytes { Base64.encode(Array($0), .urlSafe) }
        return SecretBytes(copying: Array("\(token.text)\(Self.separator)\(seed)".utf8))
    }

    /// - Parameter publicKey: the node's.
    /// - Returns: 64 bytes.
    package func signature(for node: String, _ publicKey: X25519.PublicKey) -> [UInt8] {
        key.sign(JoinProof.signedBytes(token, node, publicKey.bytes))
    }
}
