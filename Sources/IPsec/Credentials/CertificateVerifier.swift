package import OpenSSL
package import Tunneling

/// Decides whether a certificate of a peer's is believed, and whether it is the one expected (RFC 4945).
package struct CertificateVerifier: Sendable {
    package let anchors: TrustAnchors
    package let revocationLists: [RevocationList]

    package init(_ anchors: TrustAnchors, revocationLists: [RevocationList] = []) {
        self.anchors = anchors
        self.revocationLists = revocationLists
    }

    /// The peer's certificate, whose key its AUTH payload must be signed with.
    /// - Parameters:
    ///   - chain: DER, as the CERT payloads had them: the peer's own first. Others that cannot be read are passed over, and so are
    ///     more than 16.
    ///   - identity: What the peer's ID payload says; the certificate must vouch for it.
    ///   - expected: One of these must match.
    package func verify(
        chain: [[UInt8]], identity: Identity, expected: [IdentityPattern], at time: WallTime
    ) throws(AuthRefusal) -> Certificate {
        guard let first = chain.first else { throw .noCertificate }
        let leaf: Certificate
        do throws(CertificateRefusal) {
            leaf = try Certificate(der: first)
            try anchors.verify(
                leaf, intermediates: chain.dropFirst().prefix(16).compactMap { try? Certificate(der: $0) },
                revocationLists: revocationLists, at: time.seconds)
        } catch { throw .certificate(error) }
        guard leaf.maySign, leaf.extendedKeyUsages?.contains(where: Self.usages.contains) ?? true else {
            throw .certificate(.wrongUsage)
        }
        guard leaf.carries(identity), expected.contains(where: { $0.matches(identity, provenBy: leaf) }) else {
            throw .identity
        }
        return leaf
    }

    /// A certificate without extended key usages is for everything (RFC 4945 §5.1.3.12).
    private static let usages: Set<String> = [
        "2.5.29.37.0",  // any
        "1.3.6.1.5.5.7.3.17",  // IKE (RFC 4945)
        "1.3.6.1.5.5.8.2.2",  // IKE, as Cisco and Apple have it
        "1.3.6.1.5.5.7.3.5", "1.3.6.1.5.5.7.3.6", "1.3.6.1.5.5.7.3.7",  // IPsec, before that
        "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2",  // TLS servers and clients: what most authorities issue
    ]
}
