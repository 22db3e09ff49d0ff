internal import OpenSSL

/// The kinds of key that may sign. The raw value is the name that keys of the kind begin with.
package enum SSHKeyAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// RFC 8709.
    case ed25519 = "ssh-ed25519"
    /// RFC 5656 §3.1.
    case p256 = "ecdsa-sha2-nistp256"
    case p384 = "ecdsa-sha2-nistp384"
    case p521 = "ecdsa-sha2-nistp521"
    /// RFC 4253 §6.6; its signatures are those of RFC 8332.
    case rsa = "ssh-rsa"
    /// Keys in FIDO authenticators: OpenSSH's PROTOCOL.u2f.
    case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
    case securityKeyP256 = "sk-ecdsa-sha2-nistp256@openssh.com"

    /// Whether an authenticator makes the signatures, which say whether somebody touched it.
    package var isSecurityKey: Bool { self == .securityKeyEd25519 || self == .securityKeyP256 }

    var curve: SSHCurve? {
        switch self {
        case .p256, .securityKeyP256: .p256
        case .p384: .p384
        case .p521: .p521
        case .ed25519, .rsa, .securityKeyEd25519: nil
        }
    }
}

/// The curves of RFC 5656 §10.1 that all must have.
enum SSHCurve {
    case p256, p384, p521

    /// As keys name it.
    var name: String {
        switch self {
        case .p256: "nistp256"
        case .p384: "nistp384"
        case .p521: "nistp521"
        }
    }

    var kind: KeyKind {
        switch self {
        case .p256: .p256
        case .p384: .p384
        case .p521: .p521
        }
    }

    /// By the size of the curve (RFC 5656 §6.2.1).
    var hash: DigestAlgorithm {
        switch self {
        case .p256: .sha256
        case .p384: .sha384
        case .p521: .sha512
        }
    }
}
