internal import Addressing
internal import Manifests

/// All flows of one service from one set of addresses to another, decided without trying each pair.
///
/// Sources that the same rules speak of are decided alike, and they are few: for each such class the destinations that
/// are let through are one set, by set algebra.
struct FlowSpace {
    private let filter: FilterRules
    private let service: Flow.Service
    private let rules: [(action: PolicyAction, from: AddressSet, to: AddressSet)]
    /// The other addresses of whoever has one of the keys: a node does not reach itself through the network.
    private let selves: [IPAddress: AddressSet]

    init(_ filter: FilterRules, _ service: Flow.Service, members: [ResolvedNetwork.Member]) {
        self.filter = filter
        self.service = service
        func union(_ names: [String]) -> AddressSet {
            names.compactMap { filter.sets[$0] }.reduce(AddressSet()) { $0.union($1) }
        }
        rules = filter.rules.filter { $0.concerns(service) }.map { ($0.action, union($0.from), union($0.to)) }
        selves = members.reduce(into: [:]) { result, member in
            let own = AddressSet(member.addresses)
            for address in member.addresses { result[address] = own }
        }
    }

    /// A flow that is not decided as `expected`, or `nil` when all are. A flow stays within one family.
    func exception(to expected: PolicyAction, from sources: AddressSet, to destinations: AddressSet) -> Flow? {
        for family in [IPFamily.v4, .v6] {
            let targets = destinations.restricted(to: family)
            guard !targets.isEmpty else { continue }
            var known: [[Int]: AddressSet] = [:]
            for cell in cells(of: sources, family) {
                let start = IPAddress(family: family, value: cell.first)
                let speaking = rules.indices.filter { rules[$0].from.contains(start) }
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
            speaking.filter { rules[$0].action == action }.reduce(AddressSet()) { $0.union(rules[$1].to) }
        }
        let allowed = filter.defaultAction == .allow ? targets : targets.intersection(union(.allow))
        let reached = allowed.subtracting(union(.deny))
        return expected == .deny ? reached : targets.subtracting(reached)
    }

    /// The sources, cut wherever a rule begins or ends to speak.
    private func cells(of sources: AddressSet, _ family: IPFamily) -> [AddressSet.Span] {
        let cuts = Set(rules.flatMap { $0.from[family].flatMap { [$0.first, $0.last &+ 1] } }).sorted()
        var result: [AddressSet.Span] = []
        var next = 0
        for span in sources[family] {
            var first = span.first
            while next < cuts.count, cuts[next] <= first { next += 1 }
            while next < cuts.count, cuts[next] <= span.last {
                result.append(AddressSet.Span(first: first, last: cuts[next] - 1))
                first = cuts[next]
                next += 1
            }
            result.append(AddressSet.Span(first: first, last: span.last))
        }
        return result
    }
}
