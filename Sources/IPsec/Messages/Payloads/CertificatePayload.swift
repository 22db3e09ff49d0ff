/// A certificate of the sender's chain (RFC 7296 §3.6): the first is the sender's own.
package struct CertificatePayload: Hashable, Sendable {
    package var encoding: CertificateEncoding
    package var data: [UInt8]

    package init(_ encoding: CertificateEncoding, _ data: [UInt8]) {
        self.encoding = encoding
        self.data = data
    }
}

/// Which certificates the sender would like (RFC 7296 §3.7).
package struct CertificateRequest: Hashable, Sendable {
    package var encoding: CertificateEncoding
    /// For X.509: the SHA-1 hashes of the trust anchors' public keys, 20 bytes each, one after the other.
    package var authorities: [UInt8]

    package init(_ encoding: CertificateEncoding, authorities: [UInt8]) {
        self.encoding = encoding
        self.authorities = authorities
    }
}
