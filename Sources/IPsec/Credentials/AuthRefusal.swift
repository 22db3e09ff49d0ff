package import OpenSSL

/// Why an AUTH payload, or whoever sent it, is not believed; or why there is none to send.
package enum AuthRefusal: Error, Hashable, Sendable {
    /// Another method than the credential or the profile is for.
    case method(AuthenticationMethod)
    /// A digital signature by an algorithm that is not taken: what its AlgorithmIdentifier is, at most 128 bytes.
    case algorithm([UInt8])
    /// A key that the profile does not permit, or the method is not for.
    case key(KeyKind)
    /// No hash in common with the peer.
    case noCommonHash
    /// Not the encoding that its method has.
    case malformed
    /// A signature or a MAC that is wrong: another key, other bytes.
    case wrong
    /// The peer sent no certificate.
    case noCertificate
    case certificate(CertificateRefusal)
    /// The identity is not in the certificate that was to prove it, or is none of those expected.
    case identity
    /// The provider of cryptography would not sign.
    case notSigned
}

extension AuthRefusal: CustomStringConvertible {
    /// For a log line.
    package var description: String {
        switch self {
        case .method(let method): "authentication method \(method) is not allowed"
        case .algorithm: "signature algorithm is not allowed"
        case .key(let kind): "a key of kind \(kind) is not allowed"
        case .noCommonHash: "no signature hash in common"
        case .malformed: "authentication data is malformed"
        case .wrong: "signature or shared key is wrong"
        case .noCertificate: "no certificate was sent"
        case .certificate(let refusal): refusal.description
        case .identity: "identity is not the one expected, or not in the certificate"
        case .notSigned: "the private key could not sign"
        }
    }
}
