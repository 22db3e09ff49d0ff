package import Sodium

/// The name of a signing key: hex of the first 16 bytes of SHA-256 of its public key. A hint, never proof of anything.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(of key: Ed25519.PublicKey) {
        self.init(ofBytes: key.bytes)
    }

    init(of key: X25519.PublicKey) {
        self.init(ofBytes: key.bytes)
    }

    /// - Parameter certificate: DER.
    init(ofCertificate certificate: some Collection<UInt8>) {
        self.init(ofBytes: certificate)
    }

    private init(ofBytes bytes: some Collection<UInt8>) {
        description = Hex.encode(SHA256Digest.of(bytes).prefix(16))
    }
}
