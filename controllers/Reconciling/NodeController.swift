package import OverlayNetwork

/// Puts together what each node runs: its part of every network that it is in. A config that says what is published
/// already keeps its generation.
package struct NodeController: Sendable {
    package func assemble(
        _ networks: [(network: ResolvedNetwork, filter: CompiledFilter)], in tenant: TenantInForce, _ input: TenantInput
    ) -> CompiledTenant {
        CompiledTenant(
            networks.map { CompiledNetwork($0.network, filter: $0.filter, peers: CompiledPeers($0.network)) },
            in: tenant, input)
    }
}
