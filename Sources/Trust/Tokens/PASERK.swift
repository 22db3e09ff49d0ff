package import Sodium

/// PASERK (paseto-standard/paserk): Ed25519 keys of PASETO v4 as text.
package enum PASERK {
    package static func encode(_ key: Ed25519.PublicKey) -> String {
        "k4.public." + Base64.encode(key.bytes, .urlSafe)
    }

    /// Seed and public key: 64 bytes. The text is a secret.
    package static func encode(_ key: Ed25519.PrivateKey) -> SecretBytes {
        let text = key.seed.withUnsafeBytes { "k4.secret." + Base64.encode(Array($0) + key.publicKey.bytes, .urlSafe) }
        return SecretBytes(copying: Array(text.utf8))
    }

    package static func publicKey(_ text: some StringProtocol) throws(TokenError) -> Ed25519.PublicKey {
        guard text.utf8.count <= 128, text.hasPrefix("k4.public."),
            let key = Base64.decode(text.dropFirst("k4.public.".count), .urlSafe).flatMap({ Ed25519.PublicKey($0) })
        else { throw TokenError(.malformed, "not a k4.public key") }
        return key
    }

    package static func privateKey(_ text: some StringProtocol) throws(TokenError) -> Ed25519.PrivateKey {
        guard text.utf8.count <= 128, text.hasPrefix("k4.secret."),
            let bytes = Base64.decode(text.dropFirst("k4.secret.".count), .urlSafe), bytes.count == 64,
            let key = Ed25519.PrivateKey(seed: SecretBytes(copying: bytes[..<32])),
            key.publicKey.bytes.elementsEqual(bytes[32...])
        else { throw TokenError(.malformed, "not a k4.secret key") }
        return key
    }

    /// Whether the text has the form of an id: it is repeated in answers and logs.
    static func isID(_ text: String) -> Bool {
        guard text.utf8.count == 51, text.hasPrefix("k4.pid.") else { return false }
        return Base64.decode(text.dropFirst("k4.pid.".count), .urlSafe)?.count == 33
    }

    /// The id of a public key, `k4.pid.`: what a token's footer names its key by.
    package static func id(of key: Ed25519.PublicKey) -> String {
        "k4.pid." + Base64.encode(BLAKE2b.hash(Array("k4.pid.\(encode(key))".utf8), byteCount: 33), .urlSafe)
    }
}
