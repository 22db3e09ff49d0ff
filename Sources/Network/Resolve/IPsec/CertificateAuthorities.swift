internal import FoundationEssentials
internal import OpenSSL

/// Certification authorities as a manifest has them: certificates in PEM, one after the other.
package struct CertificateAuthorities: Hashable, Sendable {
    package struct Authority: Hashable, Sendable {
        package let der: [UInt8]
        /// As `openssl x509 -subject` shows it.
        package let subject: String
        /// Seconds since 1970; the last at which it is valid.
        package let notAfter: Int64
    }

    /// Never empty.
    package let all: [Authority]

    private static let most = 32
    private static let beginning = "-----BEGIN CERTIFICATE-----"

    /// `nil` when nothing in the text is a certificate, or something that is meant to be one is none.
    package init?(pem: String) {
        let expected = pem.split(separator: "\n").count { $0.hasPrefix(Self.beginning) }
        guard (1...Self.most).contains(expected), let certificates = try? Certificate.all(pem: Array(pem.utf8)),
            certificates.count == expected
        else { return nil }
        all = certificates.map {
            Authority(der: $0.der, subject: "\($0.subject)", notAfter: $0.validity.upperBound)
        }
    }

    /// In PEM, without what may stand between certificates (RFC 7468 §5.1).
    package var pem: String {
        all.map { authority in
            let text = Array(Data(authority.der).base64EncodedString())
            let lines = stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
            return ([Self.beginning] + lines + ["-----END CERTIFICATE-----"]).joined(separator: "\n") + "\n"
        }.joined()
    }

    /// For people: the subjects, each with the beginning of its SHA-256.
    package var summary: String {
        all.map { "\($0.subject) (sha256:\("\(ContentDigest(of: $0.der))".prefix(16)))" }.joined(separator: "; ")
    }
}
