internal import Manifests

/// One of two states that are compared: a network, or that it is not there.
package struct ReachSide: Sendable {
    /// `nil`: there is no such tenant.
    package let tenant: TenantInForce?
    /// `nil`: the tenant has no such network.
    package let network: NetworkReach?

    package init(_ network: NetworkReach) {
        tenant = network.tenant
        self.network = network
    }

    /// A state without the network.
    package init(without tenant: TenantInForce?) {
        self.tenant = tenant
        network = nil
    }

    var endpoints: [Endpoint] { network?.partition.endpoints ?? [] }

    func memberName(_ endpoint: Endpoint) -> String { network?.network.members[endpoint.member].name ?? "" }
}
