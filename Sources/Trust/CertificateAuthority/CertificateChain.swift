package import FoundationEssentials
internal import SwiftASN1
internal import X509

/// Certificates, the leaf first, each signed by the next. That they are in order is checked by `CertificateVerifier` alone.
package struct CertificateChain: Hashable, Sendable {
    static let maximumLength = 8
    static let maximumByteCount = 64 << 10

    /// DER.
    package let certificates: [Data]
    /// Of the leaf.
    package let notBefore: Date
    /// Of the leaf.
    package let notAfter: Date

    /// At least one and at most 8 certificates.
    package init(_ certificates: [Data]) throws(CertificateError) {
        guard let first = certificates.first, certificates.count <= Self.maximumLength else {
            throw CertificateError(.malformed, "a chain of \(certificates.count) certificates")
        }
        let leaf = try Certificate(der: first)
        self.certificates = certificates
        notBefore = leaf.notValidBefore
        notAfter = leaf.notValidAfter
    }

    package init(pem: some Collection<UInt8>) throws(CertificateError) {
        guard pem.count <= Self.maximumByteCount,
            let documents = try? PEMDocument.parseMultiple(pemString: String(decoding: pem, as: UTF8.self)),
            documents.allSatisfy({ $0.discriminator == Certificate.defaultPEMDiscriminator })
        else { throw CertificateError(.malformed, "not certificates in PEM") }
        try self.init(documents.map { Data($0.derBytes) })
    }

    /// Each certificate in PEM, in order.
    package var pem: String {
        certificates.map {
            PEMDocument(type: Certificate.defaultPEMDiscriminator, derBytes: Array($0)).pemString + "\n"
        }
        .joined()
    }

    /// When half of the leaf's life is over: the time to renew.
    package var halfLife: Date {
        notBefore.addingTimeInterval(notAfter.timeIntervalSince(notBefore) / 2)
    }
}

extension Certificate {
    init(der: Data) throws(CertificateError) {
        guard der.count <= CertificateChain.maximumByteCount else {
            throw CertificateError(.malformed, "a certificate of \(der.count) bytes")
        }
        do {
            try self.init(derEncoded: Array(der))
        } catch {
            throw CertificateError(.malformed, "not a certificate")
        }
    }

    func der() throws(CertificateError) -> Data {
        do {
            var serializer = DER.Serializer()
            try serializer.serialize(self)
            return Data(serializer.serializedBytes)
        } catch {
            throw CertificateError(.malformed, "a certificate that has no DER form")
        }
    }
}
