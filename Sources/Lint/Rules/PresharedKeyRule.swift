internal import Manifests
internal import OverlayNetwork

/// The CNSA suite knows signatures only: a preshared key or a password is not what the name promises.
struct PresharedKeyRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.liveNodes where node.isIPsecDevice {
            guard let ipsec = node.ipsec, let secret = ipsec.secret else { continue }
            let networks = node.networks.compactMap { tenant.manifests.cvlans[$0.cvlan] }
            let isCNSA =
                ipsec.profile.map { $0 == .cnsa }
                ?? networks.contains { ($0.ipsecProfile ?? tenant.tenant.defaults.ipsecProfile) == .cnsa }
            guard isCNSA else { continue }
            report.add(
                .presharedKeyInCNSA, at: secret.span,
                "`\(node.name)` is known by a \(ipsec.eap == nil ? "preshared key" : "password"), and its profile is `cnsa`, "
                    + "which knows nodes by certificates: write \(ipsec.eap == nil ? "`ca`" : "`eap: tls` and `ca`")")
        }
    }
}
