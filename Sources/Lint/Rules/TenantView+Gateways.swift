internal import Manifests
internal import OverlayNetwork

extension TenantView {
    /// Who holds the tunnels to a device, by network, as far as that is clear. Whether there is one that can is another
    /// question.
    func gateways(of device: Node, _ ipsec: IPsecConnection) -> [(network: String, gateway: Node)] {
        device.networks.compactMap { network in
            if let name = ipsec.gateway { return manifests.nodes[name].map { (network.cvlan, $0) } }
            let found = (members[network.cvlan] ?? []).map { liveNodes[$0.node] }.filter { $0.role == .gateway }
            return found.count == 1 ? (network.cvlan, found[0]) : nil
        }
    }
}
