internal import COpenSSL

/// A key to sign with. Any thread.
package final class SigningKey: Sendable {
    package let kind: KeyKind
    let key: KeyObject

    /// PKCS#8, SEC1 (RFC 5915) or PKCS#1, as DER or PEM, without a passphrase.
    package init(_ encoded: SecretBytes) throws(KeyRefusal) {
        let decoded = encoded.withUnsafeBytes { bytes in
            Result { () throws(KeyRefusal) in try KeyObject.decodePrivate(bytes) }
        }
        key = try decoded.get()
        kind = try KeyKind(key, bits: Int(EVP_PKEY_get_bits(key.pointer)))
    }

    /// Its other half, to verify with.
    package var publicKey: VerificationKey { VerificationKey(key, kind) }

    /// Signs `message`, which it hashes. `nil` where the scheme is not one of this kind of key.
    package func sign(_ message: [UInt8], by scheme: SignatureScheme) -> [UInt8]? {
        defer { ERR_clear_error() }
        let context = required(EVP_MD_CTX_new(), "memory")
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        var count = 0
        guard scheme.suits(kind),
            EVP_DigestSignInit_ex(context, &keyContext, scheme.hash.name, nil, nil, key.pointer, nil) == 1,
            scheme.configure(keyContext), EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(count))
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "(private key, \(kind))" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension SignatureScheme {
    /// Whether keys of this kind make such signatures.
    package func suits(_ kind: KeyKind) -> Bool {
        switch self {
        case .ecdsa: !kind.isRSA
        case .rsaPKCS1, .rsaPSS: kind.isRSA
        }
    }

    /// `false` where the key forbids it: an RSA-PSS key PKCS #1 v1.5.
    func configure(_ context: OpaquePointer?) -> Bool {
        switch self {
        case .ecdsa: true
        case .rsaPKCS1: EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
        case .rsaPSS(let hash):
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, hash.name, nil) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(hash.byteCount)) == 1
        }
    }
}
