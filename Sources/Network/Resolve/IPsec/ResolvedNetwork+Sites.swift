internal import Addressing
internal import Manifests

extension ResolvedNetwork {
    /// The devices that a member holds tunnels to.
    package func sites(of gateway: String) -> [IPsecSite] {
        sites.isEmpty ? [] : sites.filter { $0.gateway == gateway }
    }

    static func sites(
        _ members: [Member], _ links: IPsecLinks, _ cidrs: [IPPrefix], _ tenant: TenantInForce,
        _ errors: inout [NetworkError]
    ) -> [IPsecSite] {
        links.gateways.sorted { $0.key < $1.key }.compactMap { index, gateway in
            let member = members[index]
            guard let connection = member.node.ipsec, links.refusals[index] == nil else { return nil }
            if let pem = connection.authorities, CertificateAuthorities(pem: pem.value) == nil {
                let message = "`ca` of `\(member.name)` must be certificates in PEM"
                errors.append(NetworkError(.badAuthority, tenant: tenant.name, at: pem.span, message))
            }
            let site = IPsecSite(
                member, connection, gateway: members[gateway], among: members, cidrs: cidrs, profile: links.profile,
                secrets: tenant.secrets)
            errors += site.selectorsOutside(network: cidrs, gateway: members[gateway], members).map {
                selector, problem in
                NetworkError(.selectorOutside, tenant: tenant.name, at: selector.span, problem)
            }
            return site
        }
    }

    /// Every link of the network must fit, as an interface has one MTU.
    static func defaultMTU(_ links: IPsecLinks, _ sites: [IPsecSite]) -> Int {
        guard links.isUsed else { return LinkMTU.wireGuard }
        let profiles = [links.profile] + sites.map(\.profile)
        return profiles.map(LinkMTU.ipsec).min() ?? LinkMTU.wireGuard
    }
}
