package import FoundationEssentials
internal import Sodium
internal import SwiftASN1
internal import X509

/// Issues the certificates of nodes and of the controller's own server: the built-in CA, or an existing one that was
/// handed in as certificate and key.
package struct CertificateAuthority: Sendable {
    /// How far before `now` a certificate begins to hold, for clocks that are behind.
    package static let backdating: Duration = .seconds(300)

    package let key: CertificateKey
    /// Its own certificate, DER: what root documents name.
    package let certificate: Data
    let parsed: Certificate

    /// A certificate and its key; throws `wrongKey` when they do not belong together or it is no CA certificate.
    package init(certificate: Data, key: CertificateKey) throws(CertificateError) {
        let parsed = try Certificate(der: certificate)
        guard parsed.publicKey == key.key.publicKey else {
            throw CertificateError(.wrongKey, "the key is not that of the CA certificate")
        }
        guard case .isCertificateAuthority = (try? parsed.extensions.basicConstraints) ?? .notCertificateAuthority
        else {
            throw CertificateError(.wrongKey, "the certificate is not that of a CA")
        }
        self.key = key
        self.certificate = certificate
        self.parsed = parsed
    }

    /// A new self-signed CA on P-256.
    package static func make(
        trustDomain: TrustDomain, lifetime: Duration, now: Date, using generator: inout some RandomNumberGenerator
    ) throws(CertificateError) -> CertificateAuthority {
        let key = CertificateKey(.p256)
        do {
            let name = try DistinguishedName {
                OrganizationName(trustDomain.description)
                CommonName("CloudVLAN CA \(Hex.encode(serialBytes(count: 4, using: &generator)))")
            }
            let keyIdentifier = SubjectKeyIdentifier(hash: key.key.publicKey)
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(bytes: serialBytes(using: &generator)), publicKey: key.key.publicKey,
                notValidBefore: now.addingTimeInterval(-seconds(backdating)),
                notValidAfter: now.addingTimeInterval(seconds(lifetime)), issuer: name, subject: name,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    keyIdentifier
                },
                issuerPrivateKey: key.key)
            return try CertificateAuthority(certificate: certificate.der(), key: key)
        } catch let error as CertificateError {
            throw error
        } catch {
            throw CertificateError(.notIssued, "no CA certificate can be made: \(error)")
        }
    }

    static func seconds(_ duration: Duration) -> TimeInterval {
        TimeInterval(duration.components.seconds)
    }

    /// A positive number without leading zeros, at most 20 bytes (RFC 5280 §4.1.2.2).
    static func serialBytes(count: Int = 16, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        var bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        bytes[0] = bytes[0] & 0x3F | 0x40
        return bytes
    }
}
