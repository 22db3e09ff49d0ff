internal import Manifests
package import OverlayNetwork

/// Gives every network of a tenant its prefixes, and every member its addresses: declared ones as they are, the others
/// as they were, new ones the lowest free.
package struct CVLANController: Sendable {
    let previous: TenantState?

    /// All networks of a tenant; throws everything that cannot be carried out.
    package func resolve(_ tenant: TenantInForce) throws(NetworkErrors) -> [ResolvedNetwork] {
        let plan = try CIDRPlan(tenant, previous: previous)
        var networks: [ResolvedNetwork] = []
        var errors: [NetworkError] = []
        for cvlan in tenant.cvlans {
            do throws(NetworkErrors) {
                networks.append(
                    try ResolvedNetwork(
                        cvlan, in: tenant, cidrs: plan.cidrs[cvlan.name] ?? [], previous: previous?.cvlans[cvlan.name]))
            } catch {
                errors += error.errors
            }
        }
        guard errors.isEmpty else { throw NetworkErrors(errors) }
        return networks
    }
}
