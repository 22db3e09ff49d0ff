package import Manifests

/// Whose the DNS names are that gateways call themselves by.
///
/// One authority vouches for all nodes and for the controller, so a name in a certificate is worth no more than what keeps
/// others from getting one with it: no gateway has a name of the controller's, and of tenants that claim the same the
/// first by name has it.
package struct GatewayNames: Sendable {
    /// Those of the controller, and those that tenants have already.
    private var taken: Set<String>

    /// - Parameter reserved: what the controller is called by.
    package init(reserved: Set<String>) {
        taken = reserved
    }

    /// The names that a tenant claims and may not have.
    package func refused(to manifests: TenantManifests, at time: Timestamp) -> Set<String> {
        Self.claims(of: manifests, at: time).intersection(taken)
    }

    /// What a tenant claims is others' no longer. Tenants come in the order of their names.
    package mutating func grant(_ manifests: TenantManifests, at time: Timestamp) {
        taken.formUnion(Self.claims(of: manifests, at: time))
    }

    private static func claims(of manifests: TenantManifests, at time: Timestamp) -> Set<String> {
        var names: Set<String> = []
        for node in manifests.nodes.values {
            if let name = node.gatewayName, !node.isExpired(at: time) { names.insert(name.value) }
        }
        return names
    }
}

extension Node {
    /// The DNS name that the gateway of this device calls itself by, and that its certificate must have for the device to
    /// believe it; `nil`: there is none, or the two know each other without certificates.
    package var gatewayName: Located<String>? {
        guard role == .external, let ipsec, ipsec.gatewayProvesItself, let identity = ipsec.localIdentity,
            identity.kind == .domain
        else { return nil }
        return Located(identity.text, at: ipsec.$localIdentity.span)
    }
}
