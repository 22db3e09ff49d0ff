internal import Manifests
internal import OverlayNetwork

/// A secret is sealed to whoever needs it, with the key that this node has now.
struct SealingRule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for node in tenant.liveNodes where node.isIPsecDevice {
            guard let ipsec = node.ipsec, let name = ipsec.secret, let secret = tenant.manifests.secrets[name.value]
            else { continue }
            for gateway in gateways(of: node, ipsec, tenant) {
                // A node without a key needs none of it yet.
                guard let key = gateway.publicKey else { continue }
                let command = "`cvlan seal \(secret.name) --node \(gateway.name)` does that"
                guard let value = secret.value(for: gateway.name) else {
                    report.add(
                        .secretNotSealed, at: name.span,
                        "secret `\(name)` is not sealed to gateway `\(gateway.name)`, which needs it: \(command)",
                        related: [Finding.Related(secret.metadata.$name.span, "the secret")])
                    continue
                }
                guard value.publicKey != key else { continue }
                report.add(
                    .secretNotSealed, at: name.span,
                    "secret `\(name)` is sealed to a key that gateway `\(gateway.name)` has not now: \(command)",
                    related: [Finding.Related(value.$publicKey.span, "the key that it is sealed to")])
            }
        }
    }

    /// Those that hold the tunnel, in any of the node's networks. Whether there is one that can is another question.
    private func gateways(of node: Node, _ ipsec: IPsecConnection, _ tenant: TenantView) -> [Node] {
        if let name = ipsec.gateway { return tenant.manifests.nodes[name].map { [$0] } ?? [] }
        var found: [Node] = []
        for network in node.networks {
            let members = tenant.members[network.cvlan] ?? []
            let gateways = members.map { tenant.liveNodes[$0.node] }.filter { $0.role == .gateway }
            guard gateways.count == 1, !found.contains(where: { $0.name == gateways[0].name }) else { continue }
            found.append(gateways[0])
        }
        return found
    }
}
