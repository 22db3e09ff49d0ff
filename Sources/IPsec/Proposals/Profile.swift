/// Which algorithms a connection may use; manifests call them by these names.
package enum Profile: String, Hashable, Sendable, CaseIterable {
    /// What is good today: X25519, P-256 and P-384; SHA-2; AES-GCM and ChaCha20-Poly1305.
    case modern
    /// The NSA's Commercial National Security Algorithm suite (RFC 9206): P-384, SHA-384, AES-256-GCM.
    case cnsa
    /// `modern`, and what older routers and the clients built into laptops need: MODP groups, AES-CBC with HMAC.
    case compatible
}
