/// The ciphers that the product can do, each with the length of its key.
package enum EncryptionAlgorithm: Hashable, Sendable, CaseIterable {
    /// RFC 4106 in ESP, RFC 5282 in IKE.
    case aes256GCM16
    case aes128GCM16
    /// RFC 7634.
    case chaCha20Poly1305
    /// RFC 3602.
    case aes256CBC
    case aes128CBC

    /// IANA's number.
    package var identifier: UInt16 {
        switch self {
        case .aes256GCM16, .aes128GCM16: 20
        case .chaCha20Poly1305: 28
        case .aes256CBC, .aes128CBC: 12
        }
    }

    /// The Key Length attribute, in bits; `nil` for a cipher whose key has one length (RFC 7296 §3.3.5).
    package var keyLengthAttribute: UInt16? {
        switch self {
        case .aes256GCM16, .aes256CBC: 256
        case .aes128GCM16, .aes128CBC: 128
        case .chaCha20Poly1305: nil
        }
    }

    /// Bytes of key, without the salt.
    package var keyCount: Int {
        switch self {
        case .aes256GCM16, .aes256CBC, .chaCha20Poly1305: 32
        case .aes128GCM16, .aes128CBC: 16
        }
    }

    /// Bytes of salt that KEYMAT has after the key (RFC 4106 §8.1, RFC 7634 §2).
    package var saltCount: Int { isAuthenticated ? 4 : 0 }

    /// Bytes of initialisation vector at the start of every message.
    package var vectorCount: Int { isAuthenticated ? 8 : 16 }

    /// What the plaintext is padded to a multiple of: ESP's own 4 is more than that of a stream cipher.
    package var blockCount: Int { isAuthenticated ? 1 : 16 }

    /// Bytes of tag; 0 where an integrity algorithm makes the check value.
    package var tagCount: Int { isAuthenticated ? 16 : 0 }

    /// Whether it is an AEAD, with which goes no integrity algorithm (RFC 5282 §8).
    package var isAuthenticated: Bool {
        switch self {
        case .aes256GCM16, .aes128GCM16, .chaCha20Poly1305: true
        case .aes256CBC, .aes128CBC: false
        }
    }
}
