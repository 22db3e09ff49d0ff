internal import Crypto
package import Sodium
internal import SwiftASN1
internal import X509

/// The private key of a certificate. Nodes make theirs on P-256 or P-384; an existing CA may bring an RSA key.
package struct CertificateKey: Sendable, CustomStringConvertible {
    package enum Curve: Sendable {
        case p256, p384
    }

    let key: Certificate.PrivateKey

    /// A new key.
    package init(_ curve: Curve = .p256) {
        switch curve {
        case .p256: key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        case .p384: key = Certificate.PrivateKey(P384.Signing.PrivateKey())
        }
    }

    /// From PEM: PKCS#8, or SEC 1, or PKCS#1.
    package init(pem: SecretBytes) throws(CertificateError) {
        guard pem.count <= 16 << 10 else { throw CertificateError(.malformed, "a key file of \(pem.count) bytes") }
        do {
            key = try Certificate.PrivateKey(pemEncoded: pem.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        } catch {
            throw CertificateError(.malformed, "not a private key in PEM")
        }
    }

    /// What `init(pem:)` and other TLS software read.
    package func pem() throws(CertificateError) -> SecretBytes {
        do {
            return SecretBytes(copying: Array(try key.serializeAsPEM().pemString.utf8) + [UInt8(ascii: "\n")])
        } catch {
            throw CertificateError(.wrongKey, "a key that has no PEM form")
        }
    }

    package var description: String { "(private key of a certificate)" }
}

extension Certificate.PublicKey {
    /// Whether a node may have it.
    var isNodeKey: Bool {
        P256.Signing.PublicKey(self) != nil || P384.Signing.PublicKey(self) != nil
    }
}
