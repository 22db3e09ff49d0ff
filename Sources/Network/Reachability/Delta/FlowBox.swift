package import Addressing

/// Flows that open or close together: from every endpoint of one set to every one of another that belongs to another
/// node and is of the same family.
package struct FlowBox: Hashable, Sendable {
    package let from: EndpointSet
    package let to: EndpointSet
    package let services: ServiceSet
    /// Set where the network has both families and only one is concerned.
    package let family: IPFamily?
    /// Pairs of different nodes, by their own addresses.
    package let nodePairs: Int
    /// What makes the difference, sorted, never empty.
    package let causes: [ReachCause]
}

/// Endpoints as people know them. Addresses are those of the state in which the flow is open.
package struct EndpointSet: Hashable, Sendable {
    /// The text of a selector of a policy, or of a group, that selects exactly these: `group:engineering`, `any`.
    package let label: String?
    /// Sorted names; with all their addresses of the families concerned.
    package let nodes: [String]
    /// Of other nodes only some addresses; sorted.
    package let addresses: [NodeAddress]
    /// Sorted by prefix.
    package let routes: [RoutedPrefix]
    /// Exactly what is meant.
    package let addressSet: AddressSet

    package struct NodeAddress: Hashable, Sendable {
        package let node: String
        package let address: IPAddress
    }

    /// As much of a prefix as one route holds, when longer prefixes and the network itself are taken out.
    package struct RoutedPrefix: Hashable, Sendable {
        package let prefix: IPPrefix
        package let gateway: String
    }

    /// Nodes that are concerned by an address of their own.
    package var nodeCount: Int { names.count }

    func namesInCommon(with other: EndpointSet) -> Int {
        let (few, many) = names.count < other.names.count ? (names, other.names) : (other.names, names)
        return few.count { many.position(of: $0, by: { $0 }) != nil }
    }

    /// Sorted, each once.
    private var names: [String] {
        addresses.isEmpty ? nodes : Set(nodes).union(addresses.map(\.node)).sorted()
    }
}

extension EndpointSet: CustomStringConvertible {
    /// The label, or else all names: `db-1, db-2, 10.1.0.0/24 via gw-1`.
    package var description: String {
        if let label { return label }
        let names = nodes + addresses.map { "\($0.node) (\($0.address))" }
        return (names + routes.map { "\($0.prefix) via \($0.gateway)" }).joined(separator: ", ")
    }
}

extension FlowBox: CustomStringConvertible {
    package var description: String {
        let only = family.map { $0 == .v4 ? " (IPv4)" : " (IPv6)" } ?? ""
        return "\(from) → \(to): \(services)\(only)"
    }
}
