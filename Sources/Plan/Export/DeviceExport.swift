package import Manifests
package import OverlayNetwork

/// How a device without our agent is to be set up, in one network: what its gateway expects of it.
package struct DeviceExport: Sendable {
    package let tenant: String
    package let site: IPsecSite
    package let network: String
    /// Where the gateway can be reached; empty: nobody has said.
    package let gatewayEndpoints: [NodeEndpoint]
    /// What the gateway calls itself; `nil`: by a SPIFFE URI, and nobody has said in which trust domain.
    package let gatewayIdentity: IKEIdentity?

    package init(
        tenant: String, site: IPsecSite, network: String, gatewayEndpoints: [NodeEndpoint], trustDomain: String?
    ) {
        self.tenant = tenant
        self.site = site
        self.network = network
        self.gatewayEndpoints = gatewayEndpoints
        gatewayIdentity =
            site.connection.localIdentity
            ?? trustDomain.flatMap { IKEIdentity("spiffe://\($0)/tenant/\(tenant)/node/\(site.gateway)") }
    }

    /// A device in each of its networks.
    ///
    /// - Parameter trustDomain: of the controller, for people to read.
    package static func all(
        of name: String, tenant: String?, in lookup: TenantLookup, trustDomain: String? = nil
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
                tenant: manifests.name, site: site, network: network.name,
                gatewayEndpoints: gateway.node.endpoints.map(\.value), trustDomain: trustDomain)
        }
    }
}

extension DeviceExport {
    /// How the device proves itself. The gateway shows its certificate in all of these but the first.
    enum Proof {
        case presharedKey, certificate
        /// By EAP.
        case password, certificateByEAP
    }

    var proof: Proof {
        switch site.connection.authentication {
        case .secret: site.connection.eap == nil ? .presharedKey : .password
        case .authorities: site.connection.eap == nil ? .certificate : .certificateByEAP
        }
    }

    /// Whether the device must trust the controller's authority.
    package var needsAuthority: Bool { proof != .presharedKey }

    /// The DNS name that the gateway calls itself by.
    var gatewayName: String? { gatewayIdentity.flatMap { $0.kind == .domain ? $0.text : nil } }

    /// The DNS name by which the device believes the gateway's certificate; `nil` where none is shown.
    ///
    /// - Throws: where the certificate has no name that devices find.
    func provenName() throws -> String? {
        guard proof != .presharedKey else { return nil }
        guard let gatewayName else {
            throw PlanError(
                "devices find no SPIFFE URI in the certificate of gateway \(site.gateway): write `localIdentity: HOST` into "
                    + "the manifest of \(site.node), with the host name that it dials")
        }
        return gatewayName
    }

    /// An address or a name.
    ///
    /// - Throws: where nobody has said one.
    func dialled() throws -> String {
        if let name = try provenName() { return name }
        guard let host = gatewayEndpoints.first.map({ "\($0.host)" }) ?? gatewayName else {
            throw PlanError(
                "nobody says where gateway \(site.gateway) can be reached: write `endpoints` into its manifest")
        }
        return host
    }
}
