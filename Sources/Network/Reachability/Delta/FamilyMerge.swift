internal import Addressing

/// Boxes of IPv4 and of IPv6 that say the same of the same nodes are one to people.
enum FamilyMerge {
    /// - Parameter isDual: the network has both families, so it is told which one a box concerns.
    static func merge(_ boxes: [FlowBox], isDual: Bool) -> [FlowBox] {
        var partners: [Said: [Int]] = [:]
        for (index, box) in boxes.enumerated().reversed() where box.family == .v6 {
            if let said = Said(box) { partners[said, default: []].append(index) }
        }
        var isMerged: Set<Int> = []
        var result: [FlowBox] = []
        for box in boxes where box.family == .v4 {
            if let said = Said(box), let index = partners[said]?.popLast() {
                isMerged.insert(index)
                result.append(FlowBox(box, boxes[index]))
            } else {
                result.append(box)
            }
        }
        for (index, box) in boxes.enumerated() where box.family == .v6 && !isMerged.contains(index) {
            result.append(box)
        }
        return result.map { isDual && !$0.from.isRoutedAlone && !$0.to.isRoutedAlone ? $0 : $0.ofAnyFamily }
    }

    /// Nodes and services; prefixes tell their family themselves.
    private struct Said: Hashable {
        let from: [String]
        let to: [String]
        let services: ServiceSet

        /// `nil`: it is of single addresses.
        init?(_ box: FlowBox) {
            guard box.from.addresses.isEmpty, box.to.addresses.isEmpty else { return nil }
            from = box.from.nodes
            to = box.to.nodes
            services = box.services
        }

        /// The first and the last name tell most sets apart.
        func hash(into hasher: inout Hasher) {
            for names in [from, to] {
                hasher.combine(names.count)
                hasher.combine(names.first)
                hasher.combine(names.last)
            }
            hasher.combine(services)
        }
    }
}

extension FlowBox {
    init(
        from: EndpointSet, to: EndpointSet, services: ServiceSet, family: IPFamily?, causes: [ReachCause]
    ) {
        self.init(
            from: from, to: to, services: services, family: family,
            nodePairs: from.nodeCount * to.nodeCount - from.namesInCommon(with: to), causes: causes)
    }

    fileprivate init(_ a: FlowBox, _ b: FlowBox) {
        self.init(
            from: EndpointSet(a.from, b.from), to: EndpointSet(a.to, b.to), services: a.services, family: nil,
            causes: a.causes == b.causes ? a.causes : Set(a.causes).union(b.causes).sorted())
    }

    fileprivate var ofAnyFamily: FlowBox {
        FlowBox(from: from, to: to, services: services, family: nil, nodePairs: nodePairs, causes: causes)
    }
}

extension EndpointSet {
    /// Of two that have the same nodes.
    fileprivate init(_ a: EndpointSet, _ b: EndpointSet) {
        self.init(
            label: a.label == b.label ? a.label : nil, nodes: a.nodes, addresses: [],
            routes: a.routes + b.routes, addressSet: a.addressSet.union(b.addressSet))
    }

    fileprivate var isRoutedAlone: Bool { nodes.isEmpty && addresses.isEmpty }
}
