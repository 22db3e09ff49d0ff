internal import SwiftASN1
package import WireFormat
internal import X509

extension WireNodeConfig {
    /// A certificate has no more, as IKE carries it in each exchange that makes an SA.
    private static var mostNames: Int { 64 }

    /// The DNS names that the node's certificate must have: what it calls itself to devices that know it by its
    /// certificate, as strongSwan, iOS, macOS, Windows and Android do by a DNS name (RFC 7296 §3.5, RFC 4945 §3.1.2).
    ///
    /// The controller issues by it, and the agent asks by it; sorted, each once.
    package var certificateNames: [String] {
        var names: Set<String> = []
        for site in networks.lazy.flatMap(\.ipsecSites) {
            if case .presharedKey = site.authentication { continue }
            if case .dns(let name) = ServerName(site.localIdentity) { names.insert(name) }
        }
        return Array(names.sorted().prefix(Self.mostNames))
    }
}

extension CertificateChain {
    /// The DNS names of the leaf.
    package var dnsNames: Set<String> {
        guard let leaf = certificates.first, let names = try? Certificate(der: leaf).extensions.subjectAlternativeNames
        else { return [] }
        return Set(names.compactMap { if case .dnsName(let name) = $0 { name } else { nil } })
    }
}
