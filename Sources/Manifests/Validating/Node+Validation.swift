internal import Addressing

extension Node {
    func validate(_ problems: inout ProblemCollector) {
        problems.requireUnique(networks, \.$cvlan, "the network")
        problems.requireUnique(networks.flatMap(\.addresses), \.self, "the address")
        problems.requireUnique(endpoints, \.self, "the endpoint")
        problems.requireUnique(routes, \.$prefix, "the route")
        if let publicKey, publicKey.isZero {
            problems.report(.badKey, at: $publicKey.span, "`publicKey` must not be all zero")
        }
        if let ipsec {
            if publicKey != nil {
                problems.report(
                    .badValue, at: $publicKey.span, "`wireguard` and `ipsec` exclude each other: a device speaks one")
            }
            ipsec.validate(&problems)
        }
        guard problems.requireAtMost(1024, routes.map(\.$prefix), "routes") else { return }
        for route in routes {
            problems.requireNetwork(route.$prefix, "prefix")
            if !Node.SubnetRoute.priorities.contains(route.priority) {
                problems.report(
                    .badValue, at: route.$priority.span,
                    "`priority` must be from 0 to \(Node.SubnetRoute.priorities.upperBound), not \(route.priority)")
            }
        }
    }
}
