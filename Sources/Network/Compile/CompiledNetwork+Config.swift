internal import Addressing
internal import WireFormat

extension CompiledNetwork {
    /// What the nodes of one class have in common.
    func template(for nodeClass: CompiledPeers.Class) -> WireNetworkConfig {
        var config = WireNetworkConfig()
        config.cvlan = network.name
        config.cidrs = network.cidrs.map { WirePrefix($0) }
        config.topology = WireTopology(network.topology)
        config.mtu = UInt32(clamping: network.mtu)
        config.keepaliveSeconds = UInt32(clamping: network.keepalive)
        config.defaultAction = WireAction(network.defaultAction)
        config.peerSegments = peers.segments[nodeClass, default: []].map(\.digest)
        config.addressSetSegments = filter.setSegments.map(\.digest)
        config.ruleSegments = filter.ruleSegments.map(\.digest)
        if network.usesIPsec {
            config.linkProtocol = WireLinkProtocol(network.linkProtocol)
            config.ipsecProfile = WireIPsecProfile(network.ipsecProfile)
        }
        return config
    }

    /// A member's part of the network, from what its class has in common.
    func config(of member: ResolvedNetwork.Member, _ template: WireNetworkConfig) -> WireNetworkConfig {
        var config = template
        config.addresses = member.addresses.compactMap { address in
            let cidr = network.cidrs.first { $0.contains(address) }
            return IPPrefix(address, length: cidr?.length ?? address.family.bitWidth).map { WirePrefix($0) }
        }
        config.listenPort = UInt32(member.listenPort)
        config.advertisedRoutes = member.routes.map { WirePrefix($0) }
        config.demandsIpsec = member.demandsIPsec
        config.ipsecSites = network.sites(of: member.name).map { WireIPsecSite($0) }
        return config
    }
}
