internal import COpenSSL

/// Why no shared secret came about: the peer's fault, each.
package enum KeyAgreementRefusal: Error, Hashable, Sendable {
    /// Not as many bytes as the group's public values have.
    case length
    /// Not a member of the group, or one that makes the secret known: off the curve, the point at infinity, 0, 1, p − 1, a point
    /// of small order (RFC 6989, RFC 7748 §6.1).
    case invalidPublicValue
}

/// One party's ephemeral Diffie-Hellman key, in the encodings of IKEv2.
package final class KeyAgreement: Sendable {
    package enum Group: Sendable, CaseIterable {
        case x25519, p256, p384, modp2048, modp3072, modp4096

        /// Bytes of a public value on the wire (RFC 5903 §7, RFC 8031 §2, RFC 7296 §3.4).
        package var publicCount: Int {
            switch self {
            case .x25519: 32
            case .p256: 64
            case .p384: 96
            case .modp2048: 256
            case .modp3072: 384
            case .modp4096: 512
            }
        }

        /// Bytes of a shared secret: of elliptic curves the x coordinate alone.
        package var secretCount: Int {
            switch self {
            case .p256, .p384: publicCount / 2
            default: publicCount
            }
        }

        var isCurve: Bool { self == .p256 || self == .p384 }

        /// The algorithm, and the group where the algorithm has several.
        fileprivate var names: (algorithm: String, group: String?) {
            switch self {
            case .x25519: ("X25519", nil)
            case .p256: ("EC", "P-256")
            case .p384: ("EC", "P-384")
            case .modp2048: ("DH", "modp_2048")
            case .modp3072: ("DH", "modp_3072")
            case .modp4096: ("DH", "modp_4096")
            }
        }
    }

    package let group: Group
    /// As it goes on the wire: x and y of a curve's point, or the value in as many bytes as the prime has, big endian.
    package let publicValue: [UInt8]
    private let key: KeyObject

    /// A new key by OpenSSL's generator: a FIPS provider lets nobody else make one.
    package convenience init(_ group: Group) {
        let names = group.names
        let context = required(EVP_PKEY_CTX_new_from_name(nil, names.algorithm, nil), names.algorithm)
        defer { EVP_PKEY_CTX_free(context) }
        check(EVP_PKEY_keygen_init(context))
        if let name = names.group { check(EVP_PKEY_CTX_set_group_name(context, name)) }
        var key: OpaquePointer?
        check(EVP_PKEY_generate(context, &key))
        self.init(group, KeyObject(owning: required(key, names.group ?? names.algorithm)))
    }

    /// A curve's key that exists already: PKCS#8.
    package convenience init(_ group: Group, pkcs8: SecretBytes) throws(KeyRefusal) {
        let decoded = pkcs8.withUnsafeBytes { bytes in
            Result { () throws(KeyRefusal) in try KeyObject.decodePrivate(bytes) }
        }
        let key = try decoded.get()
        guard key.isA(group.names.algorithm), !group.isCurve || key.groupName == group.curveName else {
            throw .unsupported
        }
        self.init(group, key)
    }

    private init(_ group: Group, _ key: KeyObject) {
        self.group = group
        self.key = key
        var encoded: UnsafeMutablePointer<UInt8>?
        let count = EVP_PKEY_get1_encoded_public_key(key.pointer, &encoded)
        defer { CRYPTO_free(encoded, nil, 0) }
        let bytes = Array(UnsafeBufferPointer(start: encoded, count: count))
        // An uncompressed point begins with a byte 4 that IKE leaves out.
        publicValue = group.isCurve ? Array(bytes.dropFirst()) : bytes
        precondition(publicValue.count == group.publicCount, "a public value of another length")
    }

    /// The secret shared with whoever sent `publicValue`.
    package func sharedSecret(with publicValue: [UInt8]) throws(KeyAgreementRefusal) -> SecretBytes {
        defer { ERR_clear_error() }
        guard publicValue.count == group.publicCount else { throw .length }
        let peer = required(EVP_PKEY_new(), "memory")
        defer { EVP_PKEY_free(peer) }
        // The parameters are those of our own key.
        check(EVP_PKEY_copy_parameters(peer, key.pointer))
        let encoded = group.isCurve ? [4] + publicValue : publicValue
        guard EVP_PKEY_set1_encoded_public_key(peer, encoded, encoded.count) == 1, Self.isInRange(peer) else {
            throw .invalidPublicValue
        }

        let context = required(EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil), "memory")
        defer { EVP_PKEY_CTX_free(context) }
        check(EVP_PKEY_derive_init(context))
        // The secret keeps its leading zeros (RFC 7296 §2.14).
        if group.isFiniteField { check(EVP_PKEY_CTX_set_dh_pad(context, 1)) }
        guard EVP_PKEY_derive_set_peer_ex(context, peer, 0) == 1 else { throw .invalidPublicValue }
        var isDerived = false
        let secret = SecretBytes(count: group.secretCount) { out in
            var count = out.count
            isDerived =
                EVP_PKEY_derive(context, out.bindMemory(to: UInt8.self).baseAddress, &count) == 1 && count == out.count
        }
        guard isDerived else { throw .invalidPublicValue }
        return secret
    }

    /// Whether a value is 2...p − 2, or on the curve: all that safe primes and curves of cofactor 1 need with keys of one use
    /// (RFC 6989 §2.1, §2.3). The full check, which OpenSSL would make by itself, takes ten times as long as the exchange with
    /// MODP-4096, for anybody who sends a value.
    private static func isInRange(_ peer: OpaquePointer) -> Bool {
        let context = required(EVP_PKEY_CTX_new_from_pkey(nil, peer, nil), "memory")
        defer { EVP_PKEY_CTX_free(context) }
        return EVP_PKEY_public_check_quick(context) == 1
    }
}

extension KeyAgreement.Group {
    fileprivate var isFiniteField: Bool { names.algorithm == "DH" }

    /// What OpenSSL says of keys of this curve.
    fileprivate var curveName: String? {
        switch self {
        case .p256: "prime256v1"
        case .p384: "secp384r1"
        default: nil
        }
    }
}
