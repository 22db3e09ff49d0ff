internal import Addressing
internal import Manifests

/// A node's route does not take addresses of a network that the node is in. A wider route is none the worse for holding
/// the network: the longest prefix wins.
struct RouteInsideNetworkRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.nodes where !node.routes.isEmpty {
            for membership in node.networks {
                guard let network = tenant.manifests.cvlans[membership.cvlan], case .cidrs(let cidrs) = network.range
                else { continue }
                for route in node.routes {
                    guard let cidr = cidrs.first(where: { $0.value.contains(route.prefix) }) else { continue }
                    report.add(
                        .routeInsideNetwork, at: route.$prefix.span,
                        "the route `\(route.prefix)` is inside `\(cidr)` of `\(network.name)`, which the node is in: "
                            + "name the subnet behind the node",
                        related: [Finding.Related(cidr.span, "the addresses of `\(network.name)`")])
                }
            }
        }
    }
}
