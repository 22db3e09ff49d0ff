/// What a CERT or CERTREQ payload holds (RFC 7296 §3.6).
package struct CertificateEncoding: Registered {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let pkcs7 = CertificateEncoding(rawValue: 1)
    /// One DER certificate.
    package static let x509Signature = CertificateEncoding(rawValue: 4)
    package static let revocationList = CertificateEncoding(rawValue: 7)
    package static let hashAndURL = CertificateEncoding(rawValue: 12)
    package static let hashAndURLOfBundle = CertificateEncoding(rawValue: 13)
    /// RFC 4806.
    package static let ocsp = CertificateEncoding(rawValue: 14)

    package var name: String? {
        switch self {
        case .pkcs7: "PKCS7"
        case .x509Signature: "X509_SIGNATURE"
        case .revocationList: "CRL"
        case .hashAndURL: "HASH_AND_URL"
        case .hashAndURLOfBundle: "HASH_AND_URL_BUNDLE"
        case .ocsp: "OCSP"
        default: nil
        }
    }
}
