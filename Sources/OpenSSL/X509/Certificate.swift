internal import COpenSSL

/// An X.509 certificate (RFC 5280), decoded and not yet believed: `TrustAnchors` does that. Any thread.
package final class Certificate: Sendable {
    private let object: CertificateObject
    var pointer: OpaquePointer { object.pointer }

    package let der: [UInt8]
    package let subject: DistinguishedName
    package let issuer: DistinguishedName
    /// Seconds since 1970; both ends belong to it.
    package let validity: ClosedRange<Int64>
    package let publicKey: VerificationKey
    package let alternativeNames: [AlternativeName]
    /// Object identifiers, such as "1.3.6.1.5.5.7.3.17"; `nil` without that extension.
    package let extendedKeyUsages: [String]?
    /// Whether the key may make signatures other than on certificates: no keyUsage, or digitalSignature or nonRepudiation in it
    /// (RFC 4945 §5.1.3.2).
    package let maySign: Bool
    /// What CERTREQ payloads name a certification authority by: SHA-1 of its SubjectPublicKeyInfo (RFC 7296 §3.7).
    package let publicKeyHash: [UInt8]

    /// `certificate` is the encoding of one certificate and nothing else.
    package init(der: [UInt8]) throws(CertificateRefusal) {
        defer { ERR_clear_error() }
        // What throws below leaves no `deinit` of this class to run: everything of OpenSSL's has an owner of its own from the start.
        guard der.count <= Limits.certificate, let object = CertificateObject(der: der) else { throw .malformed }
        let certificate = object.pointer
        self.object = object
        self.der = der
        subject = try Self.name(X509_get_subject_name(certificate))
        issuer = try Self.name(X509_get_issuer_name(certificate))
        guard let validity = Self.validity(of: certificate), let key = X509_get_pubkey(certificate) else {
            throw .malformed
        }
        self.validity = validity
        do { publicKey = try VerificationKey(KeyObject(owning: key)) } catch { throw .key(error) }
        alternativeNames = try AlternativeName.all(of: certificate)
        extendedKeyUsages = try Self.extendedKeyUsages(of: certificate)
        // All ones without the extension.
        maySign = X509_get_key_usage(certificate) & UInt32(KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) != 0
        publicKeyHash = DigestAlgorithm.sha1.digest(publicKey.der)
    }

    private static func name(_ name: OpaquePointer?) throws(CertificateRefusal) -> DistinguishedName {
        guard let copy = X509_NAME_dup(name) else { throw .malformed }
        return DistinguishedName(NameObject(owning: copy))
    }

    private static func validity(of certificate: OpaquePointer) -> ClosedRange<Int64>? {
        guard let start = seconds(X509_get0_notBefore(certificate)), let end = seconds(X509_get0_notAfter(certificate)),
            start <= end
        else { return nil }
        return start...end
    }

    private static func extendedKeyUsages(of certificate: OpaquePointer) throws(CertificateRefusal) -> [String]? {
        guard let usages = try Certificate.extension(NID_ext_key_usage, of: certificate) else { return nil }
        defer { EXTENDED_KEY_USAGE_free(usages) }
        return (0..<OPENSSL_sk_num(usages)).compactMap { index in
            guard let usage = OPENSSL_sk_value(usages, index) else { return nil }
            var text = [CChar](repeating: 0, count: 128)
            let count = Int(OBJ_obj2txt(&text, Int32(text.count), OpaquePointer(usage), 1))
            guard 0 < count, count < text.count else { return nil }
            return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}

/// Owns an `X509`.
private final class CertificateObject: @unchecked Sendable {
    // Invariant for `@unchecked Sendable`: OpenSSL caches what it has read of extensions under a lock of its own; nothing else changes.
    let pointer: OpaquePointer

    init?(der: [UInt8]) {
        let certificate = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            guard let base = bytes.baseAddress else { return nil }
            var next: UnsafePointer<UInt8>? = base
            guard let certificate = d2i_X509(nil, &next, bytes.count) else { return nil }
            if next == base + bytes.count { return certificate }
            X509_free(certificate)
            return nil
        }
        guard let certificate else { return nil }
        pointer = certificate
    }

    deinit {
        X509_free(pointer)
    }
}

extension Certificate: Hashable {
    package static func == (a: Certificate, b: Certificate) -> Bool { a.der == b.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

extension Certificate {
    /// An extension, decoded, for the caller to free; `nil` where there is none. One that cannot be decoded, or is there twice, is
    /// not the same as none.
    static func `extension`(_ kind: Int32, of certificate: OpaquePointer) throws(CertificateRefusal) -> OpaquePointer? {
        var presence: Int32 = 0
        if let content = X509_get_ext_d2i(certificate, kind, &presence, nil) { return OpaquePointer(content) }
        guard presence == -1 else { throw .malformed }
        return nil
    }

    /// All certificates of a PEM text, in their order; other blocks do not count.
    package static func all(pem: [UInt8]) throws(CertificateRefusal) -> [Certificate] {
        var certificates: [Certificate] = []
        for block in PEM.blocks(named: "CERTIFICATE", in: pem) { certificates.append(try Certificate(der: block)) }
        return certificates
    }
}

/// Seconds since 1970; `nil` for what is no time.
func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
    let epoch = ASN1_TIME_set(nil, 0)
    defer { ASN1_TIME_free(epoch) }
    var (days, seconds): (Int32, Int32) = (0, 0)
    guard let epoch, let time, ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
    return Int64(days) * 86_400 + Int64(seconds)
}
