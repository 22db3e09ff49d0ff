internal import OpenSSL

/// Which algorithms a connection may use; manifests call them by these names. Every list is in order of preference, and has what OpenSSL
/// gives: in FIPS mode neither ChaCha20-Poly1305 nor X25519.
package enum Profile: String, Hashable, Sendable, CaseIterable {
    /// What is good today: X25519, P-256 and P-384; SHA-2; AES-GCM and ChaCha20-Poly1305.
    case modern
    /// The NSA's Commercial National Security Algorithm suite (RFC 9206): P-384, SHA-384, AES-256-GCM.
    case cnsa
    /// `modern`, and what older routers and the clients built into laptops need: MODP groups, AES-CBC with HMAC.
    case compatible

    package var encryptions: [EncryptionAlgorithm] { encryptions(approvedOnly: ApprovedMode.isOn) }

    package func encryptions(approvedOnly: Bool) -> [EncryptionAlgorithm] {
        let all: [EncryptionAlgorithm] =
            switch self {
            case .modern: [.aes256GCM16, .aes128GCM16, .chaCha20Poly1305]
            case .cnsa: [.aes256GCM16]
            case .compatible: [.aes256GCM16, .aes128GCM16, .chaCha20Poly1305, .aes256CBC, .aes128CBC]
            }
        return approvedOnly ? all.filter { $0 != .chaCha20Poly1305 } : all
    }

    /// For ciphers that have no integrity of their own.
    package var integrities: [IntegrityAlgorithm] {
        switch self {
        case .modern, .cnsa: []
        case .compatible: [.hmacSHA256x128, .hmacSHA384x192, .hmacSHA512x256]
        }
    }

    package var prfs: [PRFAlgorithm] {
        switch self {
        case .modern: [.hmacSHA384, .hmacSHA256]
        case .cnsa: [.hmacSHA384]
        case .compatible: [.hmacSHA384, .hmacSHA256, .hmacSHA512]
        }
    }

    /// For IKE SAs and for CHILD SAs that are made with an exchange of their own.
    package var groups: [DHGroup] { groups(approvedOnly: ApprovedMode.isOn) }

    package func groups(approvedOnly: Bool) -> [DHGroup] {
        let all: [DHGroup] =
            switch self {
            case .modern: [.curve25519, .ecp256, .ecp384]
            case .cnsa: [.ecp384]
            case .compatible: [.curve25519, .ecp256, .ecp384, .modp2048, .modp3072, .modp4096]
            }
        return approvedOnly ? all.filter { $0 != .curve25519 } : all
    }

    /// What an initiator begins with.
    package var preferredGroup: DHGroup { groups.first ?? .ecp384 }
}
