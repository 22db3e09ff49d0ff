package import Manifests
package import OverlayNetwork

/// How a device without our agent is to be set up, in one network: what its gateway expects of it.
package struct DeviceExport: Sendable {
    package let site: IPsecSite
    package let network: String
    /// Where the gateway can be reached; empty: nobody has said.
    package let gatewayEndpoints: [NodeEndpoint]
    /// What the gateway calls itself.
    package let gatewayIdentity: IKEIdentity

    package init(site: IPsecSite, network: String, gatewayEndpoints: [NodeEndpoint], gatewayIdentity: IKEIdentity) {
        self.site = site
        self.network = network
        self.gatewayEndpoints = gatewayEndpoints
        self.gatewayIdentity = gatewayIdentity
    }

    /// A device in each of its networks.
    ///
    /// - Parameters:
    ///   - trustDomain: of the controller; needed where the gateway calls itself by its SPIFFE URI.
    package static func all(
        of name: String, tenant: String?, in lookup: TenantLookup, trustDomain: String?
    ) throws -> [DeviceExport] {
        let manifests = try lookup.tenant(tenant, having: "a node \(name)") { $0.nodes[name] != nil }
        guard let node = manifests.nodes[name] else {
            throw PlanError(
                "tenant \(manifests.name) has no node \(name)"
                    + TenantLookup.hint(name, among: manifests.nodes.keys.sorted()))
        }
        guard node.isIPsecDevice else {
            throw PlanError("node \(name) is no external device with `ipsec`: its agent sets it up")
        }
        let image = try lookup.image(of: manifests, .some(Set(node.networks.map(\.cvlan))))
        return try node.networks.map { membership in
            guard let network = image.networks[membership.cvlan]?.network,
                let site = network.sites.first(where: { $0.node == name }), let gateway = network.member(site.gateway)
            else { throw PlanError("node \(name) has expired") }
            return DeviceExport(
                site: site, network: network.name, gatewayEndpoints: gateway.node.endpoints.map(\.value),
                gatewayIdentity: try identity(of: site, in: manifests.name, trustDomain))
        }
    }

    private static func identity(
        of site: IPsecSite, in tenant: String, _ trustDomain: String?
    ) throws -> IKEIdentity {
        if let identity = site.connection.localIdentity { return identity }
        guard let trustDomain else {
            throw PlanError(
                "gateway \(site.gateway) calls itself by its SPIFFE URI: say the controller's --trust-domain, or write "
                    + "`localIdentity` into the manifest")
        }
        guard let identity = IKEIdentity("spiffe://\(trustDomain)/tenant/\(tenant)/node/\(site.gateway)") else {
            throw PlanError("\(trustDomain) is no trust domain")
        }
        return identity
    }
}
