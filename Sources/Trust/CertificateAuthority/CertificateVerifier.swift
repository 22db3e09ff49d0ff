package import FoundationEssentials
@_spi(FixedExpiryValidationTime) internal import X509

extension NodeIdentity {
    /// The node that a certificate names: its one URI that is a SPIFFE id. Nothing is verified here; TLS or
    /// `CertificateVerifier` has done that.
    package init(certificate: Data) throws(CertificateError) {
        try self.init(try Certificate(der: certificate))
    }

    fileprivate init(_ certificate: Certificate) throws(CertificateError) {
        let names = (try? certificate.extensions.subjectAlternativeNames).map { Array($0) } ?? []
        let uris = names.compactMap { name in
            if case .uniformResourceIdentifier(let uri) = name { uri } else { nil }
        }
        guard uris.count == 1, let identity = NodeIdentity(uris[0]) else {
            throw CertificateError(.noIdentity, "the certificate does not name one node")
        }
        self = identity
    }
}

/// Checks the certificates of nodes against the authorities that the root document names (RFC 5280 §6).
package struct CertificateVerifier: Sendable {
    private let roots: CertificateStore
    private let trustDomain: TrustDomain

    package init(root: RootDocument) throws(CertificateError) {
        var certificates: [Certificate] = []
        for der in root.certificateAuthorities { certificates.append(try Certificate(der: der)) }
        roots = CertificateStore(certificates)
        trustDomain = root.trustDomain
    }

    /// The node that a chain in force names, of this trust domain.
    package func verify(_ chain: CertificateChain, now: Date) async throws(CertificateError) -> NodeIdentity {
        var certificates: [Certificate] = []
        for der in chain.certificates { certificates.append(try Certificate(der: der)) }
        guard let leaf = certificates.first else { throw CertificateError(.malformed, "an empty chain") }
        var verifier = Verifier(rootCertificates: roots) {
            RFC5280Policy(fixedExpiryValidationTime: now)
        }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(certificates.dropFirst()))
        if case .couldNotValidate(let failures) = result {
            let reasons = failures.map { String(describing: $0.policyFailureReason) }
            throw CertificateError(.untrusted, reasons.first ?? "no chain to an authority of the root document")
        }
        guard let usages = try? leaf.extensions.extendedKeyUsage, usages.contains(.clientAuth) else {
            throw CertificateError(.untrusted, "not a certificate for a client")
        }
        let identity = try NodeIdentity(leaf)
        guard identity.trustDomain == trustDomain else {
            throw CertificateError(.untrusted, "of trust domain \(identity.trustDomain), not \(trustDomain)")
        }
        return identity
    }
}
