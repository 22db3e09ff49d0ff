internal import COpenSSL

/// A key to verify with. Any thread.
package final class VerificationKey: Sendable {
    package let kind: KeyKind
    private let key: KeyObject

    /// A SubjectPublicKeyInfo (RFC 5280 §4.1), as certificates have it.
    package convenience init(der: [UInt8]) throws(KeyRefusal) {
        defer { ERR_clear_error() }
        guard der.count <= Limits.key else { throw .malformed }
        let (key, rest) = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            let key = d2i_PUBKEY(nil, &next, bytes.count)
            return (key, bytes.count - (bytes.baseAddress.map { (next ?? $0) - $0 } ?? 0))
        }
        guard let key else { throw .malformed }
        let object = KeyObject(owning: key)
        guard rest == 0 else { throw .malformed }
        try self.init(object)
    }

    convenience init(_ key: KeyObject) throws(KeyRefusal) {
        self.init(key, try KeyKind(key, bits: Int(EVP_PKEY_get_bits(key.pointer))))
    }

    init(_ key: KeyObject, _ kind: KeyKind) {
        self.key = key
        self.kind = kind
    }

    /// Its SubjectPublicKeyInfo.
    package var der: [UInt8] { encode { i2d_PUBKEY(key.pointer, $0) } }

    /// Whether `signature` is one of `message`, which it hashes, by the other half of this key.
    package func verifies(_ signature: [UInt8], of message: [UInt8], by scheme: SignatureScheme) -> Bool {
        defer { ERR_clear_error() }
        let context = required(EVP_MD_CTX_new(), "memory")
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard scheme.suits(kind),
            EVP_DigestVerifyInit_ex(context, &keyContext, scheme.hash.name, nil, nil, key.pointer, nil) == 1,
            scheme.configure(keyContext)
        else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// The two encodings of an ECDSA signature: DER (X.509, RFC 7427), and r and s in as many bytes as a coordinate has (RFC 4754 §7).
package enum ECDSASignature {
    /// `nil` where `bytes` is not the double of `coordinateCount`.
    package static func der(fromFixed bytes: [UInt8], coordinateCount: Int) -> [UInt8]? {
        guard coordinateCount > 0, bytes.count == 2 * coordinateCount else { return nil }
        let signature = required(ECDSA_SIG_new(), "memory")
        defer { ECDSA_SIG_free(signature) }
        let half = Int32(coordinateCount)
        let r = bytes.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, half, nil) }
        let s = bytes.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress.map { $0 + coordinateCount }, half, nil) }
        // The signature takes both over.
        check(ECDSA_SIG_set0(signature, r, s))
        return encode { i2d_ECDSA_SIG(signature, $0) }
    }

    /// `nil` for what is no DER of a signature, or one whose numbers do not fit.
    package static func fixed(fromDER der: [UInt8], coordinateCount: Int) -> [UInt8]? {
        defer { ERR_clear_error() }
        return der.withUnsafeBufferPointer { bytes -> [UInt8]? in
            var next = bytes.baseAddress
            guard let signature = d2i_ECDSA_SIG(nil, &next, bytes.count) else { return nil }
            defer { ECDSA_SIG_free(signature) }
            var fixed = [UInt8](repeating: 0, count: 2 * coordinateCount)
            let half = Int32(coordinateCount)
            let fits = fixed.withUnsafeMutableBufferPointer { out in
                BN_bn2binpad(ECDSA_SIG_get0_r(signature), out.baseAddress, half) == half
                    && BN_bn2binpad(ECDSA_SIG_get0_s(signature), out.baseAddress.map { $0 + coordinateCount }, half)
                        == half
            }
            return fits ? fixed : nil
        }
    }
}

/// What an `i2d` function writes.
func encode(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
    let count = Int(write(nil))
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
        var next = buffer.baseAddress
        written = max(0, Int(write(&next)))
    }
}
