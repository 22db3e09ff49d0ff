internal import Addressing
internal import Manifests

/// What the selectors of a network's rules, the tenant's groups and `any` select there, to call sets by their names.
struct SelectorLabels {
    private(set) var labels: [IPFamily: [AddressSet: String]] = [:]

    init(_ reach: NetworkReach) {
        var candidates: [(rank: Int, text: String, set: AddressSet)] = [(0, Selector.Term.any.description, .all)]
        var resolver = SelectorResolver(reach.network, in: reach.tenant)
        for group in reach.tenant.tenant.groups {
            let selector = Selector(.group(group.name))
            candidates.append((1, selector.description, resolver.resolve(selector)))
        }
        var seen: Set<String> = []
        for policy in reach.tenant.policies(of: reach.name) {
            for selector in policy.rules.flatMap({ $0.from + $0.to }) {
                let text = selector.description
                // A node's name is its name already.
                if case .node = selector.term { continue }
                guard seen.insert(text).inserted else { continue }
                candidates.append((Self.rank(selector), text, resolver.resolve(selector)))
            }
        }
        candidates.sort { ($0.rank, $0.text.utf8.count, $0.text) < ($1.rank, $1.text.utf8.count, $1.text) }
        let all = AddressSet(reach.partition.endpoints.compactMap(\.range))
        for family in [IPFamily.v4, .v6] {
            let present = all.restricted(to: family)
            for candidate in candidates {
                let set = candidate.set.restricted(to: family).intersection(present)
                if !set.isEmpty, labels[family]?[set] == nil { labels[family, default: [:]][set] = candidate.text }
            }
        }
    }

    /// The simplest name of a set comes first.
    private static func rank(_ selector: Selector) -> Int {
        guard selector.except.isEmpty else { return 4 }
        return switch selector.term {
        case .any: 0
        case .group: 1
        case .labels: 2
        case .cidr, .node: 3
        }
    }
}
