internal import Addressing
internal import Manifests

/// A network as it may become: with nodes for whatever labels its rules speak of.
///
/// That one rule covers another may be so only because the nodes of today happen to have certain labels. Whoever wrote the
/// narrower one has said something else, and is not to be told that it is superfluous.
struct Prospects {
    private let reach: NetworkReach

    private static let mostLabels = 64

    init(of reach: NetworkReach) {
        self.reach = reach
    }

    /// Those of some rules that other rules do not cover here.
    func needed(of ids: Set<RuleID>) -> Set<RuleID> {
        guard let grown else { return [] }
        let verdicts = RuleAnalyzer([RuleField(grown)], defaultAction: reach.rules.defaultAction).verdicts
        return ids.filter { id in
            switch verdicts[id] {
            case .saysTheDefault, .takesEffect: true
            case .covered, .denied, .neverMatches, nil: false
            }
        }
    }

    /// `nil` where no nodes can be added, as in a network that is full.
    private var grown: NetworkReach? {
        let (tenant, name) = (reach.tenant, reach.name)
        let cvlan = reach.network.manifest
        var manifests = TenantManifests(tenant: tenant.tenant)
        manifests.insert(.cvlan(cvlan))
        for policy in tenant.policies(of: name) { manifests.insert(.policy(policy)) }
        for member in reach.network.members {
            var node = member.node
            node.networks = node.networks.filter { $0.cvlan == name }
            manifests.insert(.node(node))
        }
        let selectors =
            manifests.policies.values.flatMap { policy in policy.rules.flatMap { $0.from + $0.to } }
            + tenant.tenant.groups.flatMap(\.members)
        for (number, labels) in Self.labelSets(of: selectors).enumerated() {
            for copy in 0...1 {
                // No node of a manifest has a name like that.
                var node = Node(metadata: Metadata(tenant: tenant.name, name: "\(number) \(copy)", labels: labels))
                node.networks = [Node.Membership(cvlan: Located(name))]
                manifests.insert(.node(node))
            }
        }
        // Those that are in other networks only, so that selectors may name them.
        for node in selectors.lazy.flatMap(\.nodes) {
            manifests.insert(.node(Node(metadata: Metadata(tenant: tenant.name, name: node))))
        }
        do throws(NetworkErrors) {
            let grown = try TenantInForce(manifests, at: tenant.time)
            let network = try ResolvedNetwork(cvlan, in: grown, cidrs: reach.network.cidrs, previous: nil)
            return try NetworkReach(network, in: grown)
        } catch {
            return nil
        }
    }

    /// None, and each that a selector asks for.
    private static func labelSets(of selectors: [Selector]) -> [[String: String]] {
        var seen: Set<[String: String]> = []
        var result: [[String: String]] = [[:]]
        for labels in selectors.lazy.flatMap(\.labelSets) where seen.insert(labels).inserted {
            result.append(labels)
            if result.count > mostLabels { break }
        }
        return result
    }
}

extension Selector {
    /// Also of exceptions, as everything here.
    fileprivate var labelSets: [[String: String]] {
        let own: [[String: String]] = if case .labels(let labels) = term { [labels] } else { [] }
        return own + except.flatMap(\.labelSets)
    }

    fileprivate var nodes: [String] {
        let own: [String] = if case .node(let name) = term { [name] } else { [] }
        return own + except.flatMap(\.nodes)
    }
}
