internal import Manifests
internal import OverlayNetwork

/// The authorities that vouch for devices are certificates, and are valid.
struct AuthorityRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.liveNodes {
            guard let pem = node.ipsec?.authorities else { continue }
            guard let authorities = CertificateAuthorities(pem: pem.value) else {
                report.add(.badAuthority, at: pem.span, "`ca` of `\(node.name)` must be certificates in PEM")
                continue
            }
            let expired = authorities.all.filter { $0.notAfter < tenant.time.secondsSince1970 }
            guard let first = expired.first else { continue }
            let end = Timestamp(secondsSince1970: first.notAfter)
            report.add(
                .authorityExpired, at: pem.span,
                "the authority \(first.subject) expired on \(end): certificates from it are refused"
            )
        }
    }
}
