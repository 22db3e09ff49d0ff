package import Addressing

/// All endpoints of a network, grouped by what its rules say of them.
///
/// Groups are at the level of sets: there are as many as rules tell apart, however many endpoints. Making it costs
/// O(n log n) in endpoints, and one step for each address set that an endpoint is in.
package struct EndpointPartition: Sendable {
    /// Sorted by family and address, disjoint; routed ones are cut where a rule's set begins or ends.
    package let endpoints: [Endpoint]
    /// Endpoints as those who open flows, and as those to whom they are opened.
    package let openers: [EndpointGroup]
    package let targets: [EndpointGroup]
    /// By endpoint the indices in `openers` and `targets`.
    package let openerOf: [Int]
    package let targetOf: [Int]

    package init(_ network: ResolvedNetwork, _ rules: FilterRules) {
        let sets = rules.sets.sorted { $0.key < $1.key }
        endpoints = Self.endpoints(of: network, cutBy: sets.map(\.value))
        let attachments = endpoints.map { endpoint -> Attachment in
            guard network.topology == .hub else { return .direct }
            let member = network.members[endpoint.member]
            // What is a device's belongs to its gateway.
            if member.node.role == .gateway || member.gateway != nil { return .gateway }
            return endpoint.isRouted ? .spokeRoute : .direct
        }
        let (classes, setsOfClass) = Self.classes(of: endpoints, in: sets.map(\.value))
        let indices = Dictionary(uniqueKeysWithValues: sets.enumerated().map { ($1.key, $0) })
        func masks(_ names: (FilterRules.Rule) -> [String]) -> [RuleMask] {
            var ofSets = Array(repeating: RuleMask(count: rules.rules.count), count: sets.count)
            for (position, rule) in rules.rules.enumerated() {
                for name in names(rule) {
                    if let set = indices[name] { ofSets[set].insert(position) }
                }
            }
            return setsOfClass.map { sets in
                sets.reduce(into: RuleMask(count: rules.rules.count)) { $0.formUnion(ofSets[$1]) }
            }
        }
        (openers, openerOf) = EndpointGroup.groups(of: endpoints, attachments, classes: classes, rules: masks(\.from))
        (targets, targetOf) = EndpointGroup.groups(of: endpoints, attachments, classes: classes, rules: masks(\.to))
    }

    /// The endpoint that an address belongs to: its index.
    package func endpoint(of address: IPAddress) -> Int? {
        let index = Self.firstIndex(in: endpoints, endingAt: address)
        return index < endpoints.count && endpoints[index].contains(address) ? index : nil
    }

    private static func endpoints(of network: ResolvedNetwork, cutBy sets: [AddressSet]) -> [Endpoint] {
        var result: [Endpoint] = []
        for (index, member) in network.members.enumerated() {
            for address in member.addresses {
                result.append(
                    Endpoint(
                        family: address.family, first: address.value, last: address.value, member: index, route: nil))
            }
        }
        let routed = RoutedSpace(network)
        for (family, pieces) in [(IPFamily.v4, routed.v4), (.v6, routed.v6)] where !pieces.isEmpty {
            var cuts: Set<UInt128> = []
            for set in sets {
                for span in set[family] {
                    cuts.insert(span.first)
                    if span.last < .max { cuts.insert(span.last + 1) }
                }
            }
            let sorted = cuts.sorted()
            var next = 0
            for piece in pieces {
                var first = piece.first
                while next < sorted.count, sorted[next] <= first { next += 1 }
                while next < sorted.count, sorted[next] <= piece.last {
                    result.append(piece.endpoint(family, from: first, through: sorted[next] - 1))
                    first = sorted[next]
                    next += 1
                }
                result.append(piece.endpoint(family, from: first, through: piece.last))
            }
        }
        return result.sorted { ($0.family, $0.first) < ($1.family, $1.first) }
    }

    /// Endpoints that are in the same sets are of one class.
    ///
    /// - Returns: the class of each endpoint, and the sets of each class, ascending.
    private static func classes(
        of endpoints: [Endpoint], in sets: [AddressSet]
    ) -> (classes: [Int], setsOfClass: [[Int]]) {
        var setsOf: [[Int]] = Array(repeating: [], count: endpoints.count)
        for (number, set) in sets.enumerated() {
            for family in [IPFamily.v4, .v6] {
                for span in set[family] {
                    var index = firstIndex(in: endpoints, endingAt: IPAddress(family: family, value: span.first))
                    while index < endpoints.count, endpoints[index].family == family,
                        endpoints[index].first <= span.last
                    {
                        setsOf[index].append(number)
                        index += 1
                    }
                }
            }
        }
        var known: [[Int]: Int] = [:]
        var setsOfClass: [[Int]] = []
        let classes = setsOf.map { sets in
            if let known = known[sets] { return known }
            known[sets] = setsOfClass.count
            setsOfClass.append(sets)
            return setsOfClass.count - 1
        }
        return (classes, setsOfClass)
    }

    /// The first endpoint that does not end before an address.
    private static func firstIndex(in endpoints: [Endpoint], endingAt address: IPAddress) -> Int {
        var low = 0
        var high = endpoints.count
        while low < high {
            let middle = (low + high) / 2
            if (endpoints[middle].family, endpoints[middle].last) < (address.family, address.value) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension RoutedSpace.Piece {
    fileprivate func endpoint(_ family: IPFamily, from first: UInt128, through last: UInt128) -> Endpoint {
        Endpoint(family: family, first: first, last: last, member: member, route: route)
    }
}
