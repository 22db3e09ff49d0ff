internal import Addressing

/// Boxes of IPv4 and of IPv6 that say the same of the same nodes are one to people.
enum FamilyMerge {
    /// - Parameter isDual: the network has both families, so it is told which one a box concerns.
    static func merge(_ boxes: [FlowBox], isDual: Bool) -> [FlowBox] {
        var rest = boxes.filter { $0.family == .v6 }
        var result: [FlowBox] = []
        for box in boxes where box.family == .v4 {
            if let index = rest.firstIndex(where: { says(box, $0) }) {
                result.append(FlowBox(box, rest.remove(at: index)))
            } else {
                result.append(box)
            }
        }
        return (result + rest).map { isDual ? $0 : $0.ofAnyFamily }
            .map { $0.from.isRoutedAlone || $0.to.isRoutedAlone ? $0.ofAnyFamily : $0 }
            .sorted { ($0.description, $0.family?.rawValue ?? 0) < ($1.description, $1.family?.rawValue ?? 0) }
    }

    private static func says(_ a: FlowBox, _ b: FlowBox) -> Bool {
        a.services == b.services && isSame(a.from, b.from) && isSame(a.to, b.to)
    }

    /// The same nodes; prefixes tell their family themselves.
    private static func isSame(_ a: EndpointSet, _ b: EndpointSet) -> Bool {
        a.nodes == b.nodes && a.addresses.isEmpty && b.addresses.isEmpty
    }
}

extension FlowBox {
    init(
        from: EndpointSet, to: EndpointSet, services: ServiceSet, family: IPFamily?, causes: [ReachCause]
    ) {
        let openers = from.names
        let targets = to.names
        self.init(
            from: from, to: to, services: services, family: family,
            nodePairs: openers.count * targets.count - openers.intersection(targets).count, causes: causes)
    }

    fileprivate init(_ a: FlowBox, _ b: FlowBox) {
        self.init(
            from: EndpointSet(a.from, b.from), to: EndpointSet(a.to, b.to), services: a.services, family: nil,
            causes: Set(a.causes).union(b.causes).sorted())
    }

    fileprivate var ofAnyFamily: FlowBox {
        FlowBox(from: from, to: to, services: services, family: nil, nodePairs: nodePairs, causes: causes)
    }
}

extension EndpointSet {
    fileprivate init(_ a: EndpointSet, _ b: EndpointSet) {
        self.init(
            label: a.label == b.label ? a.label : nil, nodes: Set(a.nodes).union(b.nodes).sorted(),
            addresses: a.addresses + b.addresses, routes: a.routes + b.routes,
            addressSet: a.addressSet.union(b.addressSet))
    }

    fileprivate var isRoutedAlone: Bool { nodes.isEmpty && addresses.isEmpty }
}
