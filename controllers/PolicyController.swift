package import OverlayNetwork

/// Compiles what the policies of a tenant allow in one network into the filter that its members share.
package struct PolicyController: Sendable {
    package func compile(_ network: ResolvedNetwork, in tenant: TenantInForce) throws(NetworkErrors) -> CompiledFilter {
        try CompiledFilter(network, in: tenant)
    }
}
