package import FoundationEssentials
internal import SwiftASN1
internal import X509

/// A PKCS#10 request (RFC 2986) whose sender has shown that it holds the key. Only the key of it is used: what a
/// certificate says is decided by who issues it.
package struct CertificateRequest: Sendable {
    static let maximumByteCount = 16 << 10

    let publicKey: Certificate.PublicKey

    /// Takes a request whose signature holds, on a P-256 or P-384 key.
    package init(der: Data) throws(CertificateError) {
        guard der.count <= Self.maximumByteCount else {
            throw CertificateError(.malformed, "a request of \(der.count) bytes; \(Self.maximumByteCount) are allowed")
        }
        guard let request = try? CertificateSigningRequest(derEncoded: Array(der)) else {
            throw CertificateError(.malformed, "not a PKCS#10 request")
        }
        guard request.publicKey.isNodeKey else { throw CertificateError(.wrongKey, "neither a P-256 nor a P-384 key") }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw CertificateError(.badSignature, "the request is not signed by its key")
        }
        publicKey = request.publicKey
    }

    /// A request by the holder of `key`, DER.
    package static func make(node: String, key: CertificateKey) throws(CertificateError) -> Data {
        do {
            let request = try CertificateSigningRequest(
                version: .v1, subject: DistinguishedName { CommonName(node) }, privateKey: key.key, attributes: .init())
            var serializer = DER.Serializer()
            try serializer.serialize(request)
            return Data(serializer.serializedBytes)
        } catch {
            throw CertificateError(.notIssued, "no request can be made: \(error)")
        }
    }
}
