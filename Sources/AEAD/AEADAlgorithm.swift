package enum AEADAlgorithm: Sendable, CaseIterable {
    /// RFC 8439, the nonce as WireGuard has it.
    case chaCha20Poly1305
    /// RFC 8439, the nonce as RFC 7634 has it: four bytes of the key's, then eight.
    case saltedChaCha20Poly1305
    /// RFC 4106.
    case aes128GCM, aes256GCM

    package static let tagCount = 16

    package var keyCount: Int {
        switch self {
        case .aes128GCM: 16
        case .chaCha20Poly1305, .saltedChaCha20Poly1305, .aes256GCM: 32
        }
    }

    /// The bytes of the nonce that belong to the key: they follow it in the keying material (RFC 4106, section 8.1; RFC 7634,
    /// section 2).
    package var saltCount: Int {
        switch self {
        case .chaCha20Poly1305: 0
        case .saltedChaCha20Poly1305, .aes128GCM, .aes256GCM: 4
        }
    }
}
