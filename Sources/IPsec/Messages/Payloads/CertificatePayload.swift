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

extension CertificatePayload {
    /// encoding 1 │ data
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        try self.init(CertificateEncoding(rawValue: cursor.uint8()), cursor.rest())
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(encoding.rawValue)
        writer.write(data)
    }
}

extension CertificateRequest {
    /// encoding 1 │ authorities
    init(_ cursor: inout ByteCursor) throws(MessageError) {
        try self.init(CertificateEncoding(rawValue: cursor.uint8()), authorities: cursor.rest())
    }

    func encode(to writer: inout ByteWriter) {
        writer.write(encoding.rawValue)
        writer.write(authorities)
    }
}
