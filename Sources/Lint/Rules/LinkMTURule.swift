internal import Manifests
internal import OverlayNetwork

/// A packet of a network with IPsec fits into one of the underlay, which has 1,500 bytes nearly everywhere.
struct LinkMTURule: Rule {
    func check(_ tenant: TenantView, _ report: inout Report) {
        for network in tenant.cvlans {
            guard let mtu = network.mtu else { continue }
            let members = tenant.members[network.name, default: []].map { tenant.liveNodes[$0.node] }
            let devices = members.filter(\.isIPsecDevice)
            let isUsed =
                network.effectiveProtocol(in: tenant.tenant) == .ipsec || !devices.isEmpty
                || members.contains { $0.linkProtocol == .ipsec }
            guard isUsed else { continue }
            let profile = network.ipsecProfile ?? tenant.tenant.defaults.ipsecProfile
            let profiles = [profile] + devices.map { $0.ipsec?.profile ?? profile }
            // Who says more than an Ethernet carries has an underlay that carries more.
            guard let most = profiles.map(LinkMTU.ipsec).min(), mtu > most, mtu <= LinkMTU.underlay else { continue }
            report.add(
                .mtuTooLarge, at: network.$mtu.span,
                "with IPsec, \(mtu) bytes do not fit into an underlay's 1500: \(most) do",
                fixes: [.replace(network.$mtu.span, with: "\(most)", "write `\(most)`", .suggested)])
        }
    }
}
