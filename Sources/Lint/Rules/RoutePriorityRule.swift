internal import Addressing
internal import Manifests

/// Where two nodes of a network advertise the same prefix, both say which of them is the first choice.
struct RoutePriorityRule: Rule {
    private struct Place: Hashable {
        let cvlan: String
        let prefix: IPPrefix
    }

    private struct Advertiser {
        let node: String
        let route: Node.SubnetRoute
    }

    func check(_ tenant: TenantView, _ report: inout Report) {
        var advertisers: [Place: [Advertiser]] = [:]
        for node in tenant.liveNodes where !node.routes.isEmpty {
            for network in node.networks {
                for route in node.routes {
                    advertisers[Place(cvlan: network.cvlan, prefix: route.prefix), default: []].append(
                        Advertiser(node: node.name, route: route))
                }
            }
        }
        // Two nodes may meet in more than one network: once is enough.
        var reported: Set<SourceSpan> = []
        let contested = advertisers.filter { $0.value.count > 1 }
        for (place, all) in contested.sorted(by: { ($0.key.cvlan, $0.key.prefix) < ($1.key.cvlan, $1.key.prefix) }) {
            // In a list of hundreds nobody reads all the others.
            let others = all.prefix(5)
            for advertiser in all where !advertiser.route.$priority.span.isWritten {
                guard reported.insert(advertiser.route.$prefix.span).inserted,
                    let other = others.first(where: { $0.node != advertiser.node })
                else { continue }
                report.add(
                    .routeWithoutPriority, at: advertiser.route.$prefix.span,
                    "node `\(other.node)` advertises `\(place.prefix)` in `\(place.cvlan)` too: say `priority`, "
                        + "or their names decide which of them is used",
                    related: others.filter { $0.node != advertiser.node }.map {
                        Finding.Related($0.route.$prefix.span, "the route of `\($0.node)`")
                    })
            }
        }
    }
}
