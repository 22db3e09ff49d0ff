internal import COpenSSL

/// The certificates that are believed without proof: roots, issuers below them, or single end certificates. Any thread.
package final class TrustAnchors: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: filled in `init`; OpenSSL locks a store when it looks something up.
    let store = required(X509_STORE_new(), "memory")
    package let certificates: [Certificate]

    package init(_ certificates: [Certificate]) {
        self.certificates = certificates
        for certificate in certificates { check(X509_STORE_add_cert(store, certificate.pointer)) }
    }

    /// Throws unless a chain goes from `leaf` to an anchor, each link signed, in its time and allowed to issue the one below.
    ///
    /// Certificates whose issuer has a list among `revocationLists` must not be on it, and the list must be current; others are
    /// not checked for revocation.
    /// - Parameters:
    ///   - intermediates: What the peer sent along, in any order; more than 16 are not looked at.
    ///   - time: Seconds since 1970.
    package func verify(
        _ leaf: Certificate, intermediates: [Certificate] = [], revocationLists: [RevocationList] = [], at time: Int64
    ) throws(CertificateRefusal) {
        defer { ERR_clear_error() }
        let context = required(X509_STORE_CTX_new(), "memory")
        let untrusted = required(OPENSSL_sk_new_null(), "memory")
        let lists = required(OPENSSL_sk_new_null(), "memory")
        defer {
            X509_STORE_CTX_free(context)
            OPENSSL_sk_free(untrusted)
            OPENSSL_sk_free(lists)
        }
        for certificate in intermediates.prefix(Limits.untrusted) {
            OPENSSL_sk_push(untrusted, UnsafeRawPointer(certificate.pointer))
        }
        for list in revocationLists { OPENSSL_sk_push(lists, UnsafeRawPointer(list.pointer)) }
        guard X509_STORE_CTX_init(context, store, leaf.pointer, untrusted) == 1 else { throw .malformed }
        Self.configure(
            required(X509_STORE_CTX_get0_param(context), "memory"), revocation: !revocationLists.isEmpty, time)
        if !revocationLists.isEmpty {
            X509_STORE_CTX_set0_crls(context, lists)
            X509_STORE_CTX_set_verify_cb(context, acceptMissingList)
        }
        // The stacks and the context keep no certificate alive: these arrays do.
        let status = withExtendedLifetime((leaf, intermediates, revocationLists)) { X509_verify_cert(context) }
        guard status == 1 else { throw CertificateRefusal(code: X509_STORE_CTX_get_error(context)) }
    }

    static func configure(_ parameters: OpaquePointer, revocation: Bool, _ time: Int64) {
        // An anchor need not be a root (RFC 5280 §6.1.1).
        var flags = X509_V_FLAG_PARTIAL_CHAIN
        if revocation { flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL }
        check(X509_VERIFY_PARAM_set_flags(parameters, UInt(flags)))
        X509_VERIFY_PARAM_set_time(parameters, Int(time))
        X509_VERIFY_PARAM_set_depth(parameters, Limits.depth)
        // 112 bits: no SHA-1, no RSA under 2,048 bits.
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
    }

    deinit {
        X509_STORE_free(store)
    }
}

/// Lets a certificate pass whose issuer no list is known of.
private let acceptMissingList: @convention(c) (Int32, OpaquePointer?) -> Int32 = { status, context in
    guard status == 0, X509_STORE_CTX_get_error(context) == X509_V_ERR_UNABLE_TO_GET_CRL else { return status }
    X509_STORE_CTX_set_error(context, X509_V_OK)
    return 1
}
