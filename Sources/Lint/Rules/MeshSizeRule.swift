internal import Manifests

/// No node needs more tunnels than it can hold: in a mesh that is one to everyone else.
struct MeshSizeRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        let networks = tenant.cvlans.compactMap { network in
            tenant.members[network.name].map { Size(network: network, members: $0, of: tenant) }
        }
        let fewest = NodeRole.allCases.map(\.mostTunnels).min() ?? 0
        guard networks.reduce(0, { $0 + $1.members.count }) > fewest else { return }

        var needs = [Int](repeating: 0, count: tenant.liveNodes.count)
        for network in networks {
            for member in network.members { needs[member.node] += network.tunnels(of: tenant.liveNodes[member.node]) }
        }
        // A node that is in several is reported where it has the most.
        var worst: [Int: (network: Int, tunnels: Int)] = [:]
        for (index, network) in networks.enumerated() {
            for member in network.members
            where needs[member.node] > tenant.liveNodes[member.node].role.mostTunnels {
                let tunnels = network.tunnels(of: tenant.liveNodes[member.node])
                if worst[member.node].map({ $0.tunnels < tunnels }) ?? true { worst[member.node] = (index, tunnels) }
            }
        }
        let overloaded = Dictionary(grouping: worst.keys) { worst[$0]?.network ?? 0 }
        for (index, network) in networks.enumerated() {
            guard let nodes = overloaded[index]?.sorted(), let first = nodes.first else { continue }
            add(network, tenant.liveNodes[first], needs: needs[first], count: nodes.count, &report)
        }
    }

    private func add(_ size: Size, _ node: Node, needs: Int, count: Int, _ report: inout Report) {
        let network = size.network
        let isWritten = network.$topology.span.isWritten
        let most = node.role.mostTunnels
        let others = count > 1 ? ", and \(count - 1) more need too many" : ""
        let all = needs > size.tunnels(of: node) ? "in all its networks " : ""
        let hint = network.topology == .mesh ? ": `topology: hub` needs one to each gateway" : ""
        report.add(
            .meshTooLarge, at: isWritten ? network.$topology.span : network.metadata.$name.span,
            "node `\(node.name)` needs \(needs) tunnels \(all)for \(size.members.count) members of `\(network.name)`, "
                + "but \(node.role.withArticle) can hold \(most)\(others)\(hint)",
            fixes: isWritten && network.topology == .mesh && size.gateways > 0
                ? [.replace(network.$topology.span, with: "hub", "write `hub`", .suggested)] : [])
    }
}

private struct Size {
    let network: CVLAN
    let members: [(node: Int, membership: Int)]
    let gateways: Int

    init(network: CVLAN, members: [(node: Int, membership: Int)], of tenant: TenantView) {
        self.network = network
        self.members = members
        gateways = network.topology == .hub ? members.count { tenant.liveNodes[$0.node].role == .gateway } : 0
    }

    func tunnels(of node: Node) -> Int {
        network.topology == .hub && node.role != .gateway ? gateways : members.count - 1
    }
}

extension NodeRole {
    fileprivate var withArticle: String { self == .external ? "an external device" : "a \(rawValue)" }

    /// How many tunnels a node can hold, in all its networks. An idle one costs little memory, but each is kept alive, and
    /// devices without our agent are set up by hand.
    fileprivate var mostTunnels: Int {
        switch self {
        case .client: 1000
        case .gateway, .relay: 10_000
        case .external: 250
        }
    }
}
