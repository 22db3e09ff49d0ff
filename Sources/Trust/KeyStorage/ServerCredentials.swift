package import FoundationEssentials
internal import Sodium
internal import X509

/// The certificate of the controller's server and its key. Both are in one file, so that they are replaced together.
package struct ServerCredentials: Sendable {
    package let chain: CertificateChain
    package let key: CertificateKey

    /// A new key and a certificate for it.
    package init(
        names: [ServerName], issuedBy authority: CertificateAuthority, lifetime: Duration, now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws(CertificateError) {
        key = CertificateKey(.p256)
        chain = try authority.issueServer(names: names, key: key, lifetime: lifetime, now: now, using: &generator)
    }

    /// PEM: the key, then the chain.
    package init(reading file: KeyFile) throws {
        let text = try file.read().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let marker = "-----BEGIN \(Certificate.defaultPEMDiscriminator)-----"
        guard let start = text.firstRange(of: marker)?.lowerBound else {
            throw KeyFileError(.malformed, file.path, "has no certificate")
        }
        key = try CertificateKey(pem: SecretBytes(copying: Array(text[..<start].utf8)))
        chain = try CertificateChain(pem: Array(text[start...].utf8))
        guard let leaf = chain.certificates.first, try Certificate(der: leaf).publicKey == key.key.publicKey else {
            throw KeyFileError(.malformed, file.path, "its certificate is of another key")
        }
    }

    package func write(to file: KeyFile) throws {
        let key = try key.pem().withUnsafeBytes { Array($0) }
        try file.write(SecretBytes(copying: key + Array(chain.pem.utf8)))
    }
}
