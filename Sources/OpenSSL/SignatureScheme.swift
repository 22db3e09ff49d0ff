/// A signature algorithm with its hash.
package enum SignatureScheme: Hashable, Sendable {
    /// The signature is the DER of RFC 3279 §2.2.3.
    case ecdsa(DigestAlgorithm)
    /// RSASSA-PKCS1-v1_5.
    case rsaPKCS1(DigestAlgorithm)
    /// RSASSA-PSS; MGF1 has the same hash, the salt as many bytes as the hash.
    case rsaPSS(DigestAlgorithm)

    package var hash: DigestAlgorithm {
        switch self {
        case .ecdsa(let hash), .rsaPKCS1(let hash), .rsaPSS(let hash): hash
        }
    }
}

/// What a key is.
package enum KeyKind: Hashable, Sendable {
    case rsa(bits: Int)
    case p256, p384, p521

    package var isRSA: Bool {
        if case .rsa = self { true } else { false }
    }

    /// Bytes of a coordinate, and so half of a signature as IKEv2's methods 9 to 11 write it (RFC 4754 §7); `nil` for RSA.
    package var coordinateCount: Int? {
        switch self {
        case .rsa: nil
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    init(_ key: KeyObject, bits: Int) throws(KeyRefusal) {
        if key.isA("RSA") || key.isA("RSA-PSS") {
            guard 2048...8192 ~= bits else { throw .size(bits: bits) }
            self = .rsa(bits: bits)
        } else if key.isA("EC") {
            switch key.groupName {
            case "prime256v1": self = .p256
            case "secp384r1": self = .p384
            case "secp521r1": self = .p521
            default: throw .unsupported
            }
        } else {
            throw .unsupported
        }
    }
}
