internal import COpenSSL

/// A certificate revocation list (RFC 5280 §5), decoded; its signature is checked where it is used. Any thread.
package final class RevocationList: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: OpenSSL locks what it caches of a list.
    let pointer: OpaquePointer

    /// DER, of at most 16 MiB.
    package init(der: [UInt8]) throws(CertificateRefusal) {
        defer { ERR_clear_error() }
        let list = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            guard let base = bytes.baseAddress, bytes.count <= Limits.revocationList else { return nil }
            var next: UnsafePointer<UInt8>? = base
            guard let list = d2i_X509_CRL(nil, &next, bytes.count) else { return nil }
            if next == base + bytes.count { return list }
            X509_CRL_free(list)
            return nil
        }
        guard let list else { throw .malformed }
        pointer = list
    }

    deinit {
        X509_CRL_free(pointer)
    }
}
