internal import Addressing
package import Manifests
package import OverlayNetwork

/// One side of a tenant, decided as the controller would decide it: the prefixes and addresses of the networks that are
/// of interest, and what their members run.
package struct TenantImage: Sendable {
    package let tenant: TenantInForce
    /// By name; only those of interest.
    package let networks: [String: CompiledNetwork]
    /// Of all networks whose prefixes were planned.
    private let prefixes: [String: [IPPrefix]]

    /// - Parameters:
    ///   - previous: what is published, of the networks of interest at least; with `plansAll`, of all.
    ///   - plansAll: whether prefixes are planned for all networks, as they can depend on each other.
    package init(
        _ manifests: TenantManifests, previous: TenantState?, at time: Timestamp, _ affected: AffectedNetworks,
        plansAll: Bool
    ) throws(NetworkErrors) {
        tenant = try TenantInForce(manifests, at: time)
        let cidrs = try Self.prefixes(tenant, manifests, previous: previous, affected, plansAll: plansAll)
        var networks: [String: CompiledNetwork] = [:]
        var errors: [NetworkError] = []
        for cvlan in tenant.cvlans where affected.contains(cvlan.name) {
            do throws(NetworkErrors) {
                let network = try ResolvedNetwork(
                    cvlan, in: tenant, cidrs: cidrs[cvlan.name] ?? [], previous: previous?.cvlans[cvlan.name])
                networks[cvlan.name] = CompiledNetwork(
                    network, filter: try CompiledFilter(network, in: tenant), peers: CompiledPeers(network))
            } catch {
                errors += error.errors
            }
        }
        guard errors.isEmpty else { throw NetworkErrors(errors) }
        self.networks = networks
        prefixes = cidrs
    }

    /// Who reaches whom in a network of interest.
    package func reach(_ network: String) -> NetworkReach? {
        networks[network].map { NetworkReach($0.network, $0.filter.rules, in: tenant) }
    }

    private static func prefixes(
        _ tenant: TenantInForce, _ manifests: TenantManifests, previous: TenantState?, _ affected: AffectedNetworks,
        plansAll: Bool
    ) throws(NetworkErrors) -> [String: [IPPrefix]] {
        guard !plansAll else { return try CIDRPlan(tenant, previous: previous).cidrs }
        var few = manifests
        few.nodes = [:]
        few.cvlans = few.cvlans.filter { affected.contains($0.key) }
        return try CIDRPlan(try TenantInForce(few, at: tenant.time), previous: previous).cidrs
    }

    /// What the controller would have published of this: what the next side is decided from. Of networks that are not of
    /// interest the nodes are as before.
    func published(onto previous: TenantState?, source: SourceCommit) -> TenantState {
        let nobody = ContentDigest(of: [])
        var state = previous ?? TenantState(sourceCommit: source)
        for cvlan in state.cvlans.keys where !tenant.cvlans.contains(where: { $0.name == cvlan }) {
            state.cvlans[cvlan] = nil
        }
        for (name, cidrs) in prefixes { state.cvlans[name, default: CVLANState(cidrs: cidrs)].cidrs = cidrs }
        for (name, compiled) in networks {
            let members = compiled.network.members.map { member in
                (
                    member.name,
                    NodeState(addresses: member.addresses, generation: 0, sourceCommit: source, digest: nobody)
                )
            }
            state.cvlans[name] = CVLANState(
                cidrs: compiled.network.cidrs, nodes: Dictionary(uniqueKeysWithValues: members))
        }
        return state
    }
}
