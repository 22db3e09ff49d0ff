package import Addressing

/// Where flows of a network begin or end: an address of a member, or addresses behind a member's route that all rules
/// treat alike.
package struct Endpoint: Hashable, Sendable {
    package let family: IPFamily
    /// As in `IPAddress.value`; both included. An address of a member is alone.
    package let first: UInt128
    package let last: UInt128
    /// Whose address it is, or who carries the route: an index in `ResolvedNetwork.members`.
    package let member: Int
    /// The route that holds it: an index in the `routes` of the member's manifest. `nil`: the member's own address.
    package let route: Int?

    package var isRouted: Bool { route != nil }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && first <= address.value && address.value <= last
    }

    var span: AddressSet.Span { AddressSet.Span(first: first, last: last) }
}

/// How an endpoint hangs on the network, as far as the topology matters.
package enum Attachment: Hashable, Sendable {
    /// Of a mesh, or of a gateway, or a spoke's own address: whatever the others have finds it.
    case direct
    /// As `direct`, and of a gateway of a hub network.
    case gateway
    /// Behind the route of a node of a hub network that is no gateway: only gateways have that route.
    case spokeRoute

    /// Whether packets find the way from one to the other, in a network that has what its topology needs.
    package func reaches(_ other: Attachment) -> Bool {
        switch (self, other) {
        case (.spokeRoute, .gateway), (.gateway, .spokeRoute): true
        case (.spokeRoute, _), (_, .spokeRoute): false
        default: true
        }
    }
}
