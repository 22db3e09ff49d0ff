internal import Addressing
internal import Manifests

/// All flows from one set of addresses to another, decided without trying each pair.
///
/// Sources that the same rules speak of are decided alike, and they are few: for each such class the destinations that
/// are let through are one set, by set algebra.
struct FlowSpace {
    private let filter: FilterRules
    /// Of each rule of the filter, whom it speaks of.
    private let sides: [(from: AddressSet, to: AddressSet)]
    /// The other addresses of whoever has one of the keys: a node does not reach itself through the network.
    private let selves: [IPAddress: AddressSet]

    init(_ filter: FilterRules, members: [ResolvedNetwork.Member]) {
        self.filter = filter
        func union(_ names: [String]) -> AddressSet {
            names.count == 1
                ? filter.sets[names[0]] ?? AddressSet() : AddressSet(union: names.compactMap { filter.sets[$0] })
        }
        sides = filter.rules.map { (union($0.from), union($0.to)) }
        selves = members.reduce(into: [:]) { result, member in
            let own = AddressSet(member.addresses)
            for address in member.addresses { result[address] = own }
        }
    }

    /// A flow of a service that is not decided as `expected`, or `nil` when all are. A flow stays within one family.
    func exception(
        to expected: PolicyAction, _ service: Flow.Service, from sources: AddressSet, to destinations: AddressSet
    ) -> Flow? {
        let rules = filter.rules.indices.filter { filter.rules[$0].concerns(service) }
        for family in [IPFamily.v4, .v6] {
            let targets = destinations.restricted(to: family)
            guard !targets.isEmpty else { continue }
            var known: [[Int]: AddressSet] = [:]
            for cell in cells(of: sources, by: rules, family) {
                let start = IPAddress(family: family, value: cell.first)
                let speaking = rules.filter { sides[$0].from.contains(start) }
                let wrong = known[speaking] ?? wrong(expected, speaking, targets)
                known[speaking] = wrong
                guard !wrong.isEmpty else { continue }
                // The next address of the cell, too, as what is wrong might be the node of the first alone.
                for source in [start, start.next].compactMap({ $0 }) where source.value <= cell.last {
                    let others = wrong.subtracting(selves[source] ?? AddressSet([source]))
                    if let destination = others.first { return Flow(from: source, to: destination, service) }
                }
            }
        }
        return nil
    }

    /// The destinations that sources, of which exactly these rules speak, do not reach as expected.
    private func wrong(_ expected: PolicyAction, _ speaking: [Int], _ targets: AddressSet) -> AddressSet {
        func union(_ action: PolicyAction) -> AddressSet {
            speaking.filter { filter.rules[$0].action == action }.reduce(AddressSet()) { $0.union(sides[$1].to) }
        }
        let allowed = filter.defaultAction == .allow ? targets : targets.intersection(union(.allow))
        let reached = allowed.subtracting(union(.deny))
        return expected == .deny ? reached : targets.subtracting(reached)
    }

    /// The sources, cut wherever one of these rules begins or ends to speak.
    private func cells(of sources: AddressSet, by rules: [Int], _ family: IPFamily) -> [AddressSet.Span] {
        guard !sources[family].isEmpty else { return [] }
        var cuts: [UInt128] = []
        for rule in rules {
            for span in sides[rule].from[family] {
                cuts.append(span.first)
                cuts.append(span.last &+ 1)
            }
        }
        cuts.sort()
        var result: [AddressSet.Span] = []
        var next = 0
        for span in sources[family] {
            var first = span.first
            while next < cuts.count, cuts[next] <= span.last {
                // Several rules may be cut at the same place.
                if cuts[next] > first {
                    result.append(AddressSet.Span(first: first, last: cuts[next] - 1))
                    first = cuts[next]
                }
                next += 1
            }
            result.append(AddressSet.Span(first: first, last: span.last))
        }
        return result
    }
}
