package import Addressing
package import Manifests

/// A way from one end to the other: through one network, or through two that a gateway joins.
package struct FlowPath: Hashable, Sendable {
    /// One, or two.
    package let legs: [FlowLeg]

    /// What gets through of what was asked.
    package var services: ServiceSet {
        legs.dropFirst().reduce(legs.first?.services ?? ServiceSet()) { $0.intersection($1.services) }
    }
}

/// The part of a way that lies in one network.
package struct FlowLeg: Hashable, Sendable {
    package let network: String
    package let source: LegEnd
    package let destination: LegEnd
    /// What gets through of what was asked.
    package let services: ServiceSet
    /// All that match some of what was asked: those that deny first, then those that allow, in the order of the network.
    package let rules: [MatchingRule]
    /// What happens to `undecided`.
    package let defaultAction: PolicyAction
    package let defaultSpan: SourceSpan
    /// Of what was asked that which no rule speaks of.
    package let undecided: ServiceSet
    /// What besides the filter is in the way.
    package let obstacles: [Obstacle]

    package struct LegEnd: Hashable, Sendable {
        /// Whose address it is, or who carries the route.
        package let node: String
        /// One; two where both families are decided alike.
        package let addresses: [IPAddress]
        /// The route that leads to it; `nil`: it is the node's own address.
        package let route: Route?
    }

    package struct Route: Hashable, Sendable {
        package let prefix: IPPrefix
        package let span: SourceSpan
    }

    package struct MatchingRule: Hashable, Sendable {
        /// POLICY/RULE, or POLICY/N.
        package let name: String
        package let action: PolicyAction
        package let span: SourceSpan
        /// Of what was asked.
        package let services: ServiceSet
        /// Whether it decides: a deny always, an allow where something is left to it.
        package let decides: Bool
    }

    package enum Obstacle: Hashable, Sendable {
        /// Both ends belong to the same node: nothing of the network's.
        case sameNode(String)
        /// A hub network without a gateway.
        case noGateway(SourceSpan)
        /// What is behind a node of a hub network that is no gateway is known to gateways alone.
        case routeOfSpoke(String, SourceSpan)
        /// In the second network nothing leads back to the source through the gateway that joins them.
        case noRouteBack(IPAddress, via: String, SourceSpan)
    }
}
