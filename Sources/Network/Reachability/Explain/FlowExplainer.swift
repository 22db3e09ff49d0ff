internal import Addressing
internal import Manifests

extension FlowExplanation {
    /// - Parameter networks: the tenant's; only those that `networks(for:in:)` names are needed.
    package init(_ query: FlowQuery, in tenant: TenantInForce, _ networks: [NetworkReach]) {
        let explainer = FlowExplainer(query, tenant, networks.sorted { $0.name < $1.name })
        self.query = query
        paths = explainer.paths()
        problems = paths.isEmpty ? explainer.problems() : []
        notes = explainer.notes(paths)
    }

    /// The networks that can have a part in the answer: for a node its own, and those of the gateways in these; for
    /// an address all.
    package static func networks(for query: FlowQuery, in tenant: TenantInForce) -> [String] {
        guard case .node(let source) = query.source, case .node(let destination) = query.destination else {
            return tenant.cvlans.map(\.name)
        }
        let names = [source, destination].flatMap { tenant.node($0)?.networks.map(\.cvlan) ?? [] }
        return Set(names).sorted()
    }
}

/// Where an end of a flow is in a network.
private struct Place {
    let network: NetworkReach
    let endpoint: Endpoint
    let address: IPAddress

    var member: ResolvedNetwork.Member { network.network.members[endpoint.member] }

    var route: FlowLeg.Route? {
        endpoint.route.map { index in
            let route = member.node.routes[index]
            return FlowLeg.Route(prefix: route.prefix, span: route.$prefix.span)
        }
    }

    init?(_ address: IPAddress, in network: NetworkReach) {
        guard let index = network.partition.endpoint(of: address) else { return nil }
        self.network = network
        self.address = address
        endpoint = network.partition.endpoints[index]
    }
}

private struct FlowExplainer {
    private let query: FlowQuery
    private let tenant: TenantInForce
    private let networks: [NetworkReach]
    private let sources: [Place]
    private let destinations: [Place]

    init(_ query: FlowQuery, _ tenant: TenantInForce, _ networks: [NetworkReach]) {
        self.query = query
        self.tenant = tenant
        self.networks = networks
        sources = Self.places(query.source, networks)
        destinations = Self.places(query.destination, networks)
    }

    /// A node is where it is a member. An address is where a node has it; where none has, behind whatever route.
    private static func places(_ end: FlowQuery.End, _ networks: [NetworkReach]) -> [Place] {
        switch end {
        case .node(let name):
            return networks.flatMap { network in
                (network.network.member(name)?.addresses ?? []).compactMap { Place($0, in: network) }
            }
        case .address(let address):
            let places = networks.compactMap { Place(address, in: $0) }
            let own = places.filter { !$0.endpoint.isRouted }
            return own.isEmpty ? places : own
        }
    }

    // MARK: Ways

    func paths() -> [FlowPath] {
        var paths: [FlowPath] = []
        for source in sources {
            for destination in destinations where source.address.family == destination.address.family {
                let legs =
                    source.network.name == destination.network.name
                    ? [leg(source, destination)] : throughGateway(source, destination)
                guard let legs else { continue }
                // Families that are decided alike are told once.
                if let index = paths.firstIndex(where: { $0.legs.elementsEqual(legs) { $0.says(asMuchAs: $1) } }) {
                    paths[index] = FlowPath(legs: zip(paths[index].legs, legs).map { $0.also($1) })
                } else {
                    paths.append(FlowPath(legs: legs))
                }
            }
        }
        return paths
    }

    /// The destination is behind a route of a gateway in the source's network, and the gateway is in the destination's,
    /// too.
    private func throughGateway(_ source: Place, _ destination: Place) -> [FlowLeg]? {
        guard let entry = Place(destination.address, in: source.network), entry.endpoint.isRouted,
            let gateway = destination.network.network.member(entry.member.name)
        else { return nil }
        let first = leg(source, entry)
        guard let exit = Place(source.address, in: destination.network), exit.member.name == gateway.name else {
            let obstacle = FlowLeg.Obstacle.noRouteBack(
                source.address, via: gateway.name, gateway.node.metadata.$name.span)
            let end = FlowLeg.LegEnd(node: gateway.name, addresses: [source.address], route: nil)
            return [
                first,
                FlowLeg(
                    network: destination.network.name, source: end, destination: FlowLeg.LegEnd(destination),
                    services: ServiceSet(), rules: [], defaultAction: destination.network.rules.defaultAction,
                    defaultSpan: tenant.tenant.defaults.$action.span, undecided: ServiceSet(), obstacles: [obstacle]),
            ]
        }
        return [first, leg(exit, destination)]
    }

    private func leg(_ source: Place, _ destination: Place) -> FlowLeg {
        let network = source.network
        let asked = query.asked
        let partition = network.partition
        var applicable = RuleMask(count: network.rules.rules.count)
        var obstacles: [FlowLeg.Obstacle] = []
        if let from = partition.endpoint(of: source.address), let to = partition.endpoint(of: destination.address) {
            let opener = partition.openers[partition.openerOf[from]]
            let target = partition.targets[partition.targetOf[to]]
            applicable = opener.rules.intersection(target.rules)
            if !network.isConnected {
                obstacles.append(.noGateway(network.network.manifest.$topology.span))
            } else if !opener.attachment.reaches(target.attachment) {
                let place = opener.attachment == .spokeRoute ? source : destination
                obstacles.append(.routeOfSpoke(place.member.name, place.member.node.$role.span))
            }
        }
        if source.endpoint.member == destination.endpoint.member {
            obstacles = [.sameNode(source.member.name)]
        }
        let speaking = applicable.indices.filter { network.services[$0].intersects(asked) }
        let denied = union(speaking, .deny, network)
        let allowed = union(speaking, .allow, network)
        let undecided = asked.subtracting(denied).subtracting(allowed)
        let passed = asked.subtracting(denied).intersection(
            network.rules.defaultAction == .allow ? .everything : allowed)
        let ordered =
            speaking.filter { network.rules.rules[$0].action == .deny }
            + speaking.filter { network.rules.rules[$0].action == .allow }
        return FlowLeg(
            network: network.name, source: FlowLeg.LegEnd(source), destination: FlowLeg.LegEnd(destination),
            services: obstacles.isEmpty ? passed : ServiceSet(),
            rules: ordered.map { position in
                let rule = network.rules.rules[position]
                let services = network.services[position].intersection(asked)
                return FlowLeg.MatchingRule(
                    name: rule.name, action: rule.action, span: rule.span, services: services,
                    decides: rule.action == .deny || !services.isSubset(of: denied))
            }, defaultAction: network.rules.defaultAction, defaultSpan: tenant.tenant.defaults.$action.span,
            undecided: undecided, obstacles: obstacles)
    }

    private func union(_ rules: [Int], _ action: PolicyAction, _ network: NetworkReach) -> ServiceSet {
        rules.filter { network.rules.rules[$0].action == action }.reduce(ServiceSet()) {
            $0.union(network.services[$1])
        }
    }

    // MARK: What is missing

    func problems() -> [FlowExplanation.Problem] {
        let missing = [problem(query.source, sources), problem(query.destination, destinations)].compactMap { $0 }
        guard missing.isEmpty else { return missing.first == missing.last ? [missing[0]] : missing }
        let ofSource = Set(sources.map(\.network.name))
        let ofDestination = Set(destinations.map(\.network.name))
        let common = ofSource.intersection(ofDestination)
        return [
            common.isEmpty
                ? .nothingInCommon(ofSource.sorted(), ofDestination.sorted()) : .noCommonFamily(common.sorted())
        ]
    }

    private func problem(_ end: FlowQuery.End, _ places: [Place]) -> FlowExplanation.Problem? {
        guard places.isEmpty else { return nil }
        guard case .node(let name) = end else { return .nobodyHas(end) }
        if let node = tenant.node(name) { return .noNetwork(name, node.metadata.$name.span) }
        return tenant.expiredNodes[name].map { .expired(name, $0.$expires.span) } ?? .unknownNode(name)
    }

    /// Of whom a path tells, those who have no key yet; of a hub network also its gateways, if none has one.
    func notes(_ paths: [FlowPath]) -> [FlowExplanation.Note] {
        var names: Set<String> = []
        for leg in paths.flatMap(\.legs) {
            guard let network = networks.first(where: { $0.name == leg.network })?.network else { continue }
            // A device is there when its gateway is.
            names.formUnion([leg.source.node, leg.destination.node].map { network.member($0)?.gateway ?? $0 })
            guard network.topology == .hub else { continue }
            let gateways = network.members.filter { $0.node.role == .gateway }
            if gateways.allSatisfy({ $0.node.publicKey == nil }) { names.formUnion(gateways.map(\.name)) }
        }
        return names.sorted().compactMap { tenant.node($0) }.filter { $0.publicKey == nil }.map {
            .notEnrolled($0.name, $0.metadata.$name.span)
        }
    }
}

extension FlowLeg.LegEnd {
    fileprivate init(_ place: Place) {
        self.init(node: place.member.name, addresses: [place.address], route: place.route)
    }

    fileprivate func also(_ other: FlowLeg.LegEnd) -> FlowLeg.LegEnd {
        FlowLeg.LegEnd(
            node: node, addresses: addresses + other.addresses.filter { !addresses.contains($0) }, route: route)
    }
}

extension FlowLeg {
    /// Whether the two differ in nothing but addresses.
    fileprivate func says(asMuchAs other: FlowLeg) -> Bool { withoutAddresses == other.withoutAddresses }

    private var withoutAddresses: FlowLeg {
        with(
            FlowLeg.LegEnd(node: source.node, addresses: [], route: source.route),
            FlowLeg.LegEnd(node: destination.node, addresses: [], route: destination.route))
    }

    fileprivate func also(_ other: FlowLeg) -> FlowLeg {
        with(source.also(other.source), destination.also(other.destination))
    }

    private func with(_ source: LegEnd, _ destination: LegEnd) -> FlowLeg {
        FlowLeg(
            network: network, source: source, destination: destination,
            services: services, rules: rules, defaultAction: defaultAction, defaultSpan: defaultSpan,
            undecided: undecided, obstacles: obstacles)
    }
}
