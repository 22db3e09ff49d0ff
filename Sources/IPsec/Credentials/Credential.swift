package import OpenSSL

/// What one side proves its identity with.
package enum Credential: Sendable {
    /// Known to both sides.
    case sharedKey(SecretBytes)
    case certificate(CertifiedKey)
}

/// A private key, and the certificates that say whose it is.
package struct CertifiedKey: Sendable {
    /// Its own certificate first, then its issuers' in any order; roots may be left out.
    package let chain: [Certificate]
    package let key: SigningKey

    package var certificate: Certificate { chain[0] }

    /// Why certificate and key make no credential.
    package enum Refusal: Error, Hashable, Sendable {
        case noCertificate
        case certificate(CertificateRefusal)
        case key(KeyRefusal)
        /// The key belongs to another certificate.
        case mismatch
    }

    /// - Parameters:
    ///   - chain: DER, each.
    ///   - key: PKCS#8, SEC1 or PKCS#1; DER or PEM.
    package init(chain: [[UInt8]], key: SecretBytes) throws(Refusal) {
        var certificates: [Certificate] = []
        do {
            for der in chain { certificates.append(try Certificate(der: der)) }
        } catch { throw .certificate(error) }
        let privateKey: SigningKey
        do { privateKey = try SigningKey(key) } catch { throw .key(error) }
        guard let first = certificates.first else { throw .noCertificate }
        guard first.publicKey.der == privateKey.publicKey.der else { throw .mismatch }
        self.chain = certificates
        self.key = privateKey
    }
}
