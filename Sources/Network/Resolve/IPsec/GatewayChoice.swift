internal import Manifests

/// Which gateway of a network holds the tunnel to a device that speaks IPsec.
enum GatewayChoice: Equatable {
    /// A position among the members.
    case gateway(Int)
    case none
    case several([String])
    case notAMember(String)
    case notAGateway(String)

    init(_ connection: IPsecConnection, among members: [TenantInForce.Member]) {
        let gateways = members.indices.filter { members[$0].node.role == .gateway }
        guard let name = connection.gateway else {
            switch gateways.count {
            case 0: self = .none
            case 1: self = .gateway(gateways[0])
            default: self = .several(gateways.map { members[$0].node.name })
            }
            return
        }
        guard let index = members.firstIndex(where: { $0.node.name == name }) else {
            self = .notAMember(name)
            return
        }
        self = members[index].node.role == .gateway ? .gateway(index) : .notAGateway(name)
    }

    /// What keeps the device out of the network; `nil` when nothing does.
    func problem(of node: String, in network: String) -> String? {
        switch self {
        case .gateway: nil
        case .none: "network `\(network)` has no gateway that could hold the tunnel to `\(node)`"
        case .several(let names):
            "network `\(network)` has several gateways: say in `gateway` which of "
                + names.prefix(5).map { "`\($0)`" }.joined(separator: ", ") + " holds the tunnel to `\(node)`"
        case .notAMember(let name): "gateway `\(name)` is not in network `\(network)`, which `\(node)` is in"
        case .notAGateway(let name): "node `\(name)` cannot hold the tunnel to `\(node)`: its role is not `gateway`"
        }
    }
}
