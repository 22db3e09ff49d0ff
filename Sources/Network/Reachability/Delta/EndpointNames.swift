internal import Addressing
internal import Manifests

/// Words for sets of endpoints of one side.
struct EndpointNames {
    private let side: ReachCause.Side
    private let partition: JointPartition
    private let network: NetworkReach?
    /// By family the text of the selector that selects exactly these.
    private let labels: [IPFamily: [AddressSet: String]]
    /// How many addresses of a family each member has, and what each of its routes holds.
    private var ownCounts: [Owner: Int] = [:]
    private var regions: [Owner: AddressSet] = [:]

    /// Boxes share their sides often.
    private var known: [Named: EndpointSet] = [:]

    enum Kind {
        case openers, targets
    }

    private struct Named: Hashable {
        let kind: Kind
        let groups: [Int32]
    }

    private struct Owner: Hashable {
        let family: IPFamily
        let member: Int
        var route: Int? = nil
    }

    init(_ side: ReachCause.Side, _ partition: JointPartition) {
        self.side = side
        self.partition = partition
        network = partition.side(side).network
        labels = network.map { SelectorLabels($0).labels } ?? [:]
        var spans: [Owner: [AddressRange]] = [:]
        for endpoint in network?.partition.endpoints ?? [] {
            let owner = Owner(family: endpoint.family, member: endpoint.member, route: endpoint.route)
            if endpoint.isRouted {
                if let range = endpoint.range { spans[owner, default: []].append(range) }
            } else {
                ownCounts[owner, default: 0] += 1
            }
        }
        regions = spans.mapValues { AddressSet($0) }
    }

    /// Whether the network has endpoints of both families.
    var hasBothFamilies: Bool {
        let families = Set((network?.partition.endpoints ?? []).lazy.map(\.family))
        return families.count == 2
    }

    /// - Parameter groups: indices in `of`, of one family, all there on this side.
    mutating func name(_ groups: [Int32], of kind: Kind, _ family: IPFamily) -> EndpointSet {
        let key = Named(kind: kind, groups: groups)
        if let set = known[key] { return set }
        let all = kind == .openers ? partition.openers : partition.targets
        let set = name(groups.flatMap { all[Int($0)].endpoints }, family)
        known[key] = set
        return set
    }

    private func name(_ endpoints: [Int], _ family: IPFamily) -> EndpointSet {
        var ranges: [AddressRange] = []
        var own: [Int: [IPAddress]] = [:]
        var routed: [Owner: [AddressRange]] = [:]
        for number in endpoints {
            let joint = partition.endpoints[number]
            guard let index = joint.index(side), let endpoint = network?.partition.endpoints[index],
                let range = joint.part.map({ Endpoint.range(family, $0) }) ?? endpoint.range
            else { continue }
            ranges.append(range)
            if endpoint.isRouted {
                let owner = Owner(family: family, member: endpoint.member, route: endpoint.route)
                routed[owner, default: []].append(range)
            } else {
                own[endpoint.member, default: []].append(range.first)
            }
        }
        let set = AddressSet(ranges)
        let whole = own.filter { ownCounts[Owner(family: family, member: $0.key)] == $0.value.count }
        let parts = own.filter { whole[$0.key] == nil }
        return EndpointSet(
            label: labels[family]?[set], nodes: whole.keys.sorted().map(memberName),
            addresses: parts.keys.sorted().flatMap { member in
                (parts[member] ?? []).sorted().map {
                    EndpointSet.NodeAddress(node: memberName(member), address: $0)
                }
            }, routes: routes(routed), addressSet: set)
    }

    private func routes(_ routed: [Owner: [AddressRange]]) -> [EndpointSet.RoutedPrefix] {
        let routes = routed.flatMap { owner, ranges -> [EndpointSet.RoutedPrefix] in
            let set = AddressSet(ranges)
            let declared = owner.route.flatMap { network?.network.members[owner.member].node.routes[$0].prefix }
            let prefixes = if let declared, set == regions[owner] { [declared] } else { set.prefixes }
            return prefixes.map { EndpointSet.RoutedPrefix(prefix: $0, gateway: memberName(owner.member)) }
        }
        return routes.sorted { ($0.prefix, $0.gateway) < ($1.prefix, $1.gateway) }
    }

    private func memberName(_ member: Int) -> String { network?.network.members[member].name ?? "" }
}

extension Endpoint {
    var range: AddressRange? { Self.range(family, span) }

    static func range(_ family: IPFamily, _ span: AddressSet.Span) -> AddressRange? {
        AddressRange(
            IPAddress(family: family, value: span.first), through: IPAddress(family: family, value: span.last))
    }
}
