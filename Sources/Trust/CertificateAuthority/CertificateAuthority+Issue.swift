package import FoundationEssentials
internal import SwiftASN1
internal import X509

extension CertificateAuthority {
    /// A certificate by which a node authenticates itself, to the controller as a client and to peers as either side.
    ///
    /// It holds a little before `now` already, and no longer than the CA's own.
    /// - Parameters:
    ///   - nodeKey: the node's X25519 key, 32 bytes, that the certificate is bound to.
    ///   - dnsNames: what devices without our agent call the node. Whether it may have them is for the caller to know.
    ///   - generator: of the serial number.
    package func issueNode(
        _ identity: NodeIdentity, nodeKey: Data? = nil, dnsNames: [String] = [], for request: CertificateRequest,
        lifetime: Duration, now: Date, using generator: inout some RandomNumberGenerator
    ) throws(CertificateError) -> CertificateChain {
        // Who finds no DNS name takes the common name for one (RFC 6125 §6.4.4): so it has a letter that no name has, and
        // a node that is called like the controller does not pass for it.
        try issue(
            to: request.publicKey, commonName: "\(identity.tenant)/\(identity.node)", nodeKey: nodeKey,
            names: [.uniformResourceIdentifier(identity.description)] + dnsNames.map { .dnsName($0) },
            usages: [.clientAuth, .serverAuth], lifetime: lifetime, now: now, using: &generator)
    }

    /// A certificate of the controller's server. It names no node, so that it never passes for one.
    package func issueServer(
        names: [ServerName], key: CertificateKey, lifetime: Duration, now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws(CertificateError) -> CertificateChain {
        guard let first = names.first else { throw CertificateError(.notIssued, "a server without a name") }
        let names = names.map { name in
            switch name {
            case .dns(let name): GeneralName.dnsName(name)
            case .address(let bytes): GeneralName.ipAddress(ASN1OctetString(contentBytes: bytes[...]))
            }
        }
        return try issue(
            to: key.key.publicKey, commonName: first.description, names: names, usages: [.serverAuth],
            lifetime: lifetime, now: now, using: &generator)
    }

    private func issue(
        to publicKey: Certificate.PublicKey, commonName: String, nodeKey: Data? = nil, names: [GeneralName],
        usages: [ExtendedKeyUsage.Usage], lifetime: Duration, now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws(CertificateError) -> CertificateChain {
        let notAfter = min(now.addingTimeInterval(Self.seconds(lifetime)), parsed.notValidAfter)
        let notBefore = max(now.addingTimeInterval(-Self.seconds(Self.backdating)), parsed.notValidBefore)
        guard now < notAfter else { throw CertificateError(.notIssued, "the CA certificate has expired") }
        do {
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(bytes: Self.serialBytes(using: &generator)), publicKey: publicKey,
                notValidBefore: notBefore, notValidAfter: notAfter, issuer: parsed.subject,
                // The upper bound of a common name (RFC 5280 appendix A.1); the names that count are below.
                subject: DistinguishedName {
                    CommonName(String(commonName.prefix(64)))
                    if let nodeKey { NodeKeyBinding(nodeKey: nodeKey) }
                },
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage(usages)
                    SubjectAlternativeNames(names)
                    SubjectKeyIdentifier(hash: publicKey)
                    AuthorityKeyIdentifier(keyIdentifier: try issuerKeyIdentifier)
                },
                issuerPrivateKey: key.key)
            return try CertificateChain([certificate.der(), self.certificate])
        } catch let error as CertificateError {
            throw error
        } catch {
            throw CertificateError(.notIssued, "no certificate can be made: \(error)")
        }
    }

    private var issuerKeyIdentifier: ArraySlice<UInt8> {
        get throws {
            try parsed.extensions.subjectKeyIdentifier?.keyIdentifier
                ?? SubjectKeyIdentifier(hash: parsed.publicKey).keyIdentifier
        }
    }
}
