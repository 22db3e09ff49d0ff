package import Sodium

/// The name of a signing key: hex of the first 16 bytes of SHA-256 of its public key. A hint, never proof of anything.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(of key: Ed25519.PublicKey) {
        description = Hex.encode(SHA256Digest.of(key.bytes).prefix(16))
    }
}
