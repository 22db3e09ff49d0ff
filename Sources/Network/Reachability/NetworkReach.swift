internal import Addressing
internal import Manifests

/// Who reaches whom in one network, exactly.
///
/// A flow is open when its ends belong to different nodes (an address of a member, or one behind a member's route), the
/// topology has a way from one to the other, and the filter lets it. Replies belong to their flow and are not told.
package struct NetworkReach: Sendable {
    package let tenant: TenantInForce
    package let network: ResolvedNetwork
    package let rules: FilterRules
    package let partition: EndpointPartition
    /// By rule.
    package let services: [ServiceSet]
    /// Whether the network has what its topology needs: a hub network without a gateway moves nothing. A gateway that has not enrolled yet
    /// counts.
    package let isConnected: Bool

    /// - Throws: selectors that name what the tenant does not have.
    package init(_ network: ResolvedNetwork, in tenant: TenantInForce) throws(NetworkErrors) {
        self.init(network, try FilterRules(network, in: tenant), in: tenant)
    }

    package init(_ network: ResolvedNetwork, _ rules: FilterRules, in tenant: TenantInForce) {
        self.tenant = tenant
        self.network = network
        self.rules = rules
        partition = EndpointPartition(network, rules)
        services = rules.rules.map { ServiceSet($0.ports) }
        isConnected = network.topology == .mesh || network.members.contains { $0.node.role == .gateway }
    }

    package var name: String { network.name }

    /// What the filter lets through where exactly these rules speak.
    package func services(of applicable: RuleMask) -> ServiceSet { services(of: applicable.indices.map { Int32($0) }) }

    func services(of applicable: [Int32]) -> ServiceSet {
        var allowed = rules.defaultAction == .allow ? ServiceSet.everything : ServiceSet()
        var denied = ServiceSet()
        for rule in applicable.map(Int.init) {
            if rules.rules[rule].action == .deny {
                denied = denied.union(services[rule])
            } else {
                allowed = allowed.union(services[rule])
            }
        }
        return allowed.subtracting(denied)
    }

    /// What openers of one group may open to targets of another, where they belong to different nodes.
    package func services(from opener: EndpointGroup, to target: EndpointGroup) -> ServiceSet {
        guard opener.family == target.family, isConnected, opener.attachment.reaches(target.attachment) else {
            return ServiceSet()
        }
        return services(of: opener.rules.intersection(target.rules))
    }

    /// Whether a flow is open.
    package func isOpen(_ flow: Flow) -> Bool {
        guard let source = partition.endpoint(of: flow.source),
            let destination = partition.endpoint(of: flow.destination),
            partition.endpoints[source].member != partition.endpoints[destination].member
        else { return false }
        let opener = partition.openers[partition.openerOf[source]]
        let target = partition.targets[partition.targetOf[destination]]
        return services(from: opener, to: target).contains(flow.service)
    }
}
