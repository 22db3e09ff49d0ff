package import Addressing
package import DiffSync
package import Sodium
package import Trust
package import WireFormat

/// What the data path should hold for one verified configuration. Pure: a config in, records out.
package struct DesiredState: Sendable {
    /// One network of the config.
    package struct Network: Sendable {
        package let interface: String
        package let config: WireNetworkConfig
        /// Without this node itself.
        package let peers: [WirePeer]
        package let filter: WireFilter

        package init(interface: String, config: WireNetworkConfig, peers: [WirePeer], filter: WireFilter) {
            self.interface = interface
            self.config = config
            self.peers = peers
            self.filter = filter
        }
    }

    package let networks: [Network]
    /// One line for each network, and each tunnel, that is left out.
    package let problems: [String]
    private let tenant: String
    private let forwards: Bool
    private let publicKey: X25519.PublicKey
    private let tunnels: [String: IPsecTunnels]

    /// - Parameters:
    ///   - publicKey: this node's own; its entry among the peers is passed over.
    ///   - ipsec: what IPsec links need of this node.
    package init(
        _ verified: VerifiedConfig, publicKey: X25519.PublicKey, interfacePrefix: String, ipsec: IPsecKeys = IPsecKeys()
    ) {
        tenant = verified.config.tenant
        forwards = verified.config.role == .gateway
        self.publicKey = publicKey
        var networks: [Network] = []
        var problems: [String] = []
        var owners: [String: String] = [:]
        for network in verified.networks {
            let cvlan = network.config.cvlan
            let interface = InterfaceName.make(prefix: interfacePrefix, cvlan: cvlan)
            if let owner = owners.updateValue(cvlan, forKey: interface) {
                owners[interface] = owner
                problems.append("network \(cvlan): its interface name \(interface) is taken by network \(owner)")
                continue
            }
            var filter = WireFilter()
            filter.defaultAction = network.config.defaultAction
            filter.sets = network.addressSets
            filter.rules = network.rules
            networks.append(
                Network(
                    interface: interface, config: network.config,
                    peers: network.peers.filter { Array($0.publicKey) != publicKey.bytes }, filter: filter))
        }
        self.networks = networks
        var tunnels: [String: IPsecTunnels] = [:]
        for network in networks {
            guard let ofNetwork = IPsecTunnels(network, of: verified.config, ipsec) else { continue }
            tunnels[network.interface] = ofNetwork
            problems += ofNetwork.problems
        }
        self.tunnels = tunnels
        self.problems = problems
    }

    /// The records to hold against what is observed.
    ///
    /// - Parameters:
    ///   - listenPorts: by interface, for networks whose port the config leaves open: the one it had before.
    ///   - endpoint: the endpoint to set for a peer by WireGuard, or `nil` to leave what the data path knows.
    ///   - candidates: where a peer by IPsec may be found.
    ///   - devices: where a device that speaks IPsec is.
    package func records(
        listenPorts: [String: UInt16], endpoint: (Network, WirePeer) -> Endpoint?,
        candidates: (Network, WirePeer) -> [Endpoint] = { _, _ in [] },
        devices: (Network, WireIPsecSite) -> [Endpoint] = { _, _ in [] }
    ) throws -> RecordSet<DataPathRecord> {
        var records: [DataPathRecord] = []
        for network in networks {
            let declared = network.config.listenPort
            let local = self.local(of: network)
            records.append(
                .interface(
                    .init(
                        name: network.interface, domain: domain(of: network),
                        publicKey: publicKey.bytes,
                        listenPort: declared == 0 ? listenPorts[network.interface].map(UInt32.init) : declared,
                        mtu: network.config.mtu, forward: forwards, local: local)))
            let encoded: [UInt8] = try network.filter.serializedBytes()
            records.append(
                .filter(
                    .init(interface: network.interface, digest: SHA256Digest.of(encoded), filter: network.filter)))
            records += network.config.addresses.compactMap(\.prefix)
                .map { .address(.init(interface: network.interface, prefix: $0)) }
            if let tunnels = tunnels[network.interface] {
                records += tunnels.records(
                    local: local, candidates: { candidates(network, $0) }, devices: { devices(network, $0) })
            }
            records += network.peers.filter { !network.isIPsec($0) }.map { peer in
                .peer(
                    .init(
                        interface: network.interface, publicKey: Array(peer.publicKey),
                        allowedIPs: Set(peer.allowedIps.compactMap { $0.prefix?.network }).sorted(),
                        keepaliveSeconds: network.config.keepaliveSeconds, endpoint: endpoint(network, peer)))
            }
            records += routes(of: network).map { .route(.init(interface: network.interface, prefix: $0)) }
        }
        return try RecordSet(records)
    }

    /// Interfaces of other domains under names that are wanted. An interface stays in its domain, with all that belongs
    /// to it, so these make room first.
    package func misplaced(in state: WireDataPathState) -> [WireInterfaceSpec] {
        let wanted = Dictionary(
            networks.map { ($0.interface, domain(of: $0)) }, uniquingKeysWith: { first, _ in first })
        return state.interfaces.map(\.spec).filter { spec in wanted[spec.name].map { $0 != spec.domain } ?? false }
    }

    private func domain(of network: Network) -> String {
        "\(tenant)/\(network.config.cvlan)"
    }

    /// What this node stands for in a network: its own addresses and what it routes to.
    private func local(of network: Network) -> [IPPrefix] {
        let hosts = network.config.addresses.compactMap { $0.prefix.map { IPPrefix(host: $0.address) } }
        let routed = network.config.advertisedRoutes.compactMap { $0.prefix?.network }
        return Set(hosts + routed).sorted()
    }

    /// The network itself, and what gateways route to, but for what this node routes to itself.
    private func routes(of network: Network) -> Set<IPPrefix> {
        let own = Set(network.config.advertisedRoutes.compactMap { $0.prefix?.network })
        let families = Set(network.config.addresses.compactMap { $0.prefix?.family })
        let cidrs = network.config.cidrs.compactMap { $0.prefix?.network }.filter { families.contains($0.family) }
        let remote = network.peers.flatMap(\.routes) + network.config.ipsecSites.flatMap(\.routes)
        return Set(cidrs + remote.compactMap { $0.prefix?.network }).subtracting(own)
    }
}
