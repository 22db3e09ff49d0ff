internal import Addressing
internal import Manifests

/// Tells why rules match nothing.
struct MatchFailureSearch {
    private let tenant: TenantInForce
    private let networks: [NetworkReach]
    private let indices: [String: Int]
    private var resolvers: [Int: SelectorResolver] = [:]

    init(_ networks: [NetworkReach], in tenant: TenantInForce) {
        self.tenant = tenant
        self.networks = networks
        indices = Dictionary(networks.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    /// - Parameter rule: one that matches nothing in any network.
    /// - Returns: `nil` when there is not even a network with two nodes.
    mutating func failure(of rule: Policy.Rule, in policy: Policy) -> MatchFailure? {
        let scope = policy.cvlan.map { indices[$0].map { [$0] } ?? [] } ?? Array(networks.indices)
        guard scope.contains(where: { networks[$0].network.members.count > 1 }) else { return nil }
        return MatchFailure(Set(scope.map { stage(of: rule, in: $0) }))
    }

    private mutating func stage(of rule: Policy.Rule, in index: Int) -> MatchStage {
        let reach = networks[index]
        // Out of the dictionary while it learns, so that what it knows is not copied.
        var resolver = resolvers.removeValue(forKey: index) ?? SelectorResolver(reach.network, in: tenant)
        let from = Self.ends(resolver.resolve(rule.from), of: reach)
        let to = Self.ends(resolver.resolve(rule.to), of: reach)
        resolvers[index] = resolver
        guard !from.isEmpty, !to.isEmpty else {
            return from.isEmpty ? (to.isEmpty ? .neither : .onlyTo) : .onlyFrom
        }
        let families = from.keys.filter { to[$0] != nil }
        guard !families.isEmpty else { return .families }
        // With more than one node on one side there is a pair, so it is the way that is missing.
        let isItself = families.allSatisfy { (from[$0] ?? []).union(to[$0] ?? []).count == 1 }
        return isItself ? .itself : .noWay
    }

    /// By family, the members that have endpoints in a set.
    private static func ends(_ set: AddressSet, of reach: NetworkReach) -> [IPFamily: Set<Int>] {
        var result: [IPFamily: Set<Int>] = [:]
        for endpoint in reach.partition.endpoints {
            let isInside =
                endpoint.isRouted
                ? set[endpoint.family].contains { $0.first <= endpoint.last && endpoint.first <= $0.last }
                : set.contains(IPAddress(family: endpoint.family, value: endpoint.first))
            if isInside { result[endpoint.family, default: []].insert(endpoint.member) }
        }
        return result
    }
}
