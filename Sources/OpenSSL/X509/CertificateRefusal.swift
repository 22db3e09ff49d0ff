internal import COpenSSL

/// Why a certificate or its chain is not believed.
package enum CertificateRefusal: Error, Hashable, Sendable {
    /// Not the encoding of one certificate and nothing else, or with extensions that contradict each other.
    case malformed
    case key(KeyRefusal)
    case expired
    case notYetValid
    /// No chain from it to an anchor.
    case unknownIssuer
    case badSignature
    /// A key or a hash in the chain that has less than 112 bits of strength: SHA-1, RSA under 2,048 bits.
    case weak
    /// An issuer in the chain is not allowed to issue certificates.
    case notAnAuthority
    /// A constraint of an issuer's on the number of issuers below, or ours.
    case pathTooLong
    /// Its name is outside what an issuer is constrained to.
    case nameNotPermitted
    /// Its key or extended key usage does not allow what it is shown for.
    case wrongUsage
    case revoked
    /// The revocation list of its issuer is out of date, or badly signed.
    case revocationUnknown
    /// Anything else, by OpenSSL's number (`X509_V_ERR_…`).
    case other(code: Int32)

    init(code: Int32) {
        self =
            switch code {
            case X509_V_ERR_CERT_HAS_EXPIRED: .expired
            case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_SUBJECT_ISSUER_MISMATCH,
                X509_V_ERR_AKID_SKID_MISMATCH, X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH:
                .unknownIssuer
            case X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE,
                X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH,
                X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY, X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM:
                .badSignature
            case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: .weak
            case X509_V_ERR_INVALID_CA, X509_V_ERR_KEYUSAGE_NO_CERTSIGN: .notAnAuthority
            case X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_CERT_CHAIN_TOO_LONG: .pathTooLong
            case X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION: .nameNotPermitted
            case X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE: .wrongUsage
            case X509_V_ERR_CERT_REVOKED: .revoked
            case X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID, X509_V_ERR_CRL_SIGNATURE_FAILURE,
                X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN,
                X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, X509_V_ERR_CRL_PATH_VALIDATION_ERROR,
                X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
                .revocationUnknown
            case X509_V_ERR_INVALID_EXTENSION, X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD,
                X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
                .malformed
            default: .other(code: code)
            }
    }
}

extension CertificateRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "the certificate is malformed"
        case .key(.size(let bits)): "the certificate has an RSA key of \(bits) bits"
        case .key: "the certificate's key is of a kind that is not used here"
        case .expired: "the certificate, or an issuer's, has expired"
        case .notYetValid: "the certificate, or an issuer's, is not valid yet"
        case .unknownIssuer: "the certificate's issuer is not trusted"
        case .badSignature: "a signature in the certificate's chain is wrong"
        case .weak: "the certificate's chain has a weak key or hash"
        case .notAnAuthority: "an issuer in the certificate's chain is no certification authority"
        case .pathTooLong: "the certificate's chain is too long"
        case .nameNotPermitted: "the certificate's name is outside what its issuer may name"
        case .wrongUsage: "the certificate's key usage does not allow this"
        case .revoked: "the certificate, or an issuer's, is revoked"
        case .revocationUnknown: "the revocation list of the certificate's issuer is out of date or wrong"
        case .other(let code):
            "the certificate's chain is wrong: " + String(cString: X509_verify_cert_error_string(Int(code)))
        }
    }
}
