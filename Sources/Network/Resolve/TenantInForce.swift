package import Manifests

/// A tenant's manifests at one instant: without the nodes that have expired, everything by name.
package struct TenantInForce: Sendable {
    package let tenant: Tenant
    package let time: Timestamp
    /// All in name order.
    package let cvlans: [CVLAN]
    package let nodes: [Node]
    package let policies: [Policy]
    /// By name.
    package let expiredNodes: [String: Node]
    package let secrets: [String: Secret]
    /// Names that gateways of this tenant may not call themselves by: see `GatewayNames`.
    package let refusedNames: Set<String>
    private let membersByNetwork: [String: [Member]]
    /// Indices in `policies`, ascending: of those that speak of one network, and of those that speak of all.
    private let policiesByNetwork: [String: [Int]]
    private let policiesOfAll: [Int]
    private let groups: [String: Tenant.Group]

    /// A node's part in one network. A class, as members are handed about a lot, and a manifest is large.
    package final class Member: Sendable {
        package let node: Node
        package let membership: Node.Membership
        /// The position of the network in the node's list; its UDP port is that much above the first.
        package let index: Int

        fileprivate init(_ node: Node, _ membership: Node.Membership, index: Int) {
            self.node = node
            self.membership = membership
            self.index = index
        }
    }

    /// Every network that a node names must be there.
    package init(
        _ manifests: TenantManifests, at time: Timestamp, refusing refusedNames: Set<String> = []
    ) throws(NetworkErrors) {
        tenant = manifests.tenant
        self.refusedNames = refusedNames
        self.time = time
        cvlans = manifests.cvlans.valuesByName
        let declared = manifests.nodes.valuesByName
        let expired = declared.filter { $0.isExpired(at: time) }
        nodes = expired.isEmpty ? declared : declared.filter { !$0.isExpired(at: time) }
        expiredNodes = Dictionary(expired.map { ($0.name, $0) }) { first, _ in first }
        secrets = manifests.secrets
        let policies = manifests.policies.valuesByName
        self.policies = policies
        policiesByNetwork = Dictionary(
            grouping: policies.indices.filter { policies[$0].cvlan != nil }, by: { policies[$0].cvlan ?? "" })
        policiesOfAll = policies.indices.filter { policies[$0].cvlan == nil }
        groups = Dictionary(tenant.groups.map { ($0.name, $0) }) { first, _ in first }

        var members: [String: [Member]] = [:]
        var errors: [NetworkError] = []
        for node in nodes {
            for (index, membership) in node.networks.enumerated() {
                guard manifests.cvlans[membership.cvlan] != nil else {
                    let message = "node `\(node.name)` is in network `\(membership.cvlan)`, which does not exist"
                    errors.append(
                        NetworkError(.unknownNetwork, tenant: tenant.name, at: membership.$cvlan.span, message))
                    continue
                }
                members[membership.cvlan, default: []].append(Member(node, membership, index: index))
            }
        }
        membersByNetwork = members
        try NetworkErrors.throwIfAny(errors)
    }

    package var name: String { tenant.name }

    /// A node in force.
    package func node(_ name: String) -> Node? {
        nodes.position(of: name, by: \.name).map { nodes[$0] }
    }

    package func policy(_ name: String) -> Policy? {
        policies.position(of: name, by: \.name).map { policies[$0] }
    }

    /// Whether there is such a node, expired or not: to name one that has expired is no mistake.
    func declares(node name: String) -> Bool { node(name) != nil || expiredNodes[name] != nil }

    /// In name order.
    package func members(of cvlan: String) -> [Member] { membersByNetwork[cvlan] ?? [] }

    /// The policies that speak of a network, in name order.
    package func policies(of cvlan: String) -> [Policy] {
        guard let own = policiesByNetwork[cvlan] else { return policiesOfAll.map { policies[$0] } }
        return (own + policiesOfAll).sorted().map { policies[$0] }
    }

    package func group(_ name: String) -> Tenant.Group? { groups[name] }
}
