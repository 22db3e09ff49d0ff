internal import Manifests

extension FlowExplanation: CustomStringConvertible {
    /// The answer in the first line; then what decides, with places, line by line.
    package var description: String {
        ([headline] + problems.map(\.description) + pathLines + notes.map(\.description)).joined(separator: "\n")
    }

    private var headline: String {
        let flow = "\(query.source) → \(query.destination)"
        if let service = query.service { return "\(flow) \(service): \(isOpen ? "open" : "closed")" }
        return "\(flow): \(services)"
    }

    private var pathLines: [String] {
        paths.flatMap { path in
            path.legs.enumerated().flatMap { index, leg in
                let start = path.legs.count == 1 ? "" : "leg \(index + 1): "
                return ["  \(start)\(leg)"] + leg.reasons.map { "    \($0)" }
            }
        }
    }
}

extension FlowLeg: CustomStringConvertible {
    /// Without the reasons.
    package var description: String { "in \(network), \(source) → \(destination): \(services)" }

    /// What decides: what is in the way, or each rule that matches, or the default.
    package var reasons: [String] {
        guard obstacles.isEmpty else { return obstacles.map(\.description) }
        let rules = rules.map { rule in
            let verb = rule.action == .deny ? "denies" : "allows"
            return "\(rule.span): rule \(rule.name) \(verb) \(rule.services)\(rule.decides ? "" : ", in vain")"
        }
        guard !undecided.isEmpty else { return rules }
        let verb = defaultAction == .deny ? "denies" : "allows"
        let rest = self.rules.isEmpty ? "no rule matches" : "no rule matches the rest"
        return rules + ["\(defaultSpan): \(rest), the tenant's default \(verb)"]
    }
}

extension FlowLeg.LegEnd: CustomStringConvertible {
    package var description: String {
        let addresses = addresses.map(\.description).joined(separator: ", ")
        guard let route else { return "\(node) (\(addresses))" }
        return "\(addresses) (behind \(node), route \(route.prefix) at \(route.span))"
    }
}

extension FlowLeg.Obstacle: CustomStringConvertible {
    package var description: String {
        switch self {
        case .sameNode(let node): "both ends are of node \(node)"
        case .noGateway(let span): "\(span): a hub network needs a gateway, and there is none"
        case .routeOfSpoke(let node, let span):
            "\(span): node \(node) is no gateway, so in a hub network only gateways know its routes"
        case .noRouteBack(let address, let node, let span):
            "\(span): node \(node) has no route for \(address), so nothing leads back"
        }
    }
}

extension FlowExplanation.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownNode(let name): "there is no node \(name)"
        case .expired(let name, let span): "\(span): node \(name) has expired"
        case .noNetwork(let name, let span): "\(span): node \(name) is in no network"
        case .nobodyHas(let end): "no node has \(end), and no route leads to it"
        case .nothingInCommon(let source, let destination):
            "no network in common: one end is in \(source.joined(separator: ", ")), the other in "
                + "\(destination.joined(separator: ", ")), and no gateway's routes join them"
        case .noCommonFamily(let networks):
            "both are in \(networks.joined(separator: ", ")), but one has IPv4 there and the other IPv6"
        }
    }
}

extension FlowExplanation.Note: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notEnrolled(let node, let span): "\(span): node \(node) has not enrolled yet"
        }
    }
}
