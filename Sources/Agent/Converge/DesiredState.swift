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
    }

    package let networks: [Network]
    private let tenant: String
    private let forwards: Bool
    private let publicKey: X25519.PublicKey

    /// - Parameter publicKey: this node's own; its entry among the peers is passed over.
    package init(_ verified: VerifiedConfig, publicKey: X25519.PublicKey, interfacePrefix: String) {
        tenant = verified.config.tenant
        forwards = verified.config.role == .gateway
        self.publicKey = publicKey
        networks = verified.networks.map { network in
            var filter = WireFilter()
            filter.defaultAction = network.config.defaultAction
            filter.sets = network.addressSets
            filter.rules = network.rules
            return Network(
                interface: InterfaceName.make(prefix: interfacePrefix, cvlan: network.config.cvlan),
                config: network.config, peers: network.peers.filter { Array($0.publicKey) != publicKey.bytes },
                filter: filter)
        }
    }

    /// The records to hold against what is observed.
    ///
    /// - Parameters:
    ///   - listenPorts: by interface, for networks whose port the config leaves open: the one it had before.
    ///   - endpoint: the endpoint to set for a peer, or `nil` to leave what the data path knows.
    package func records(
        listenPorts: [String: UInt16], endpoint: (Network, WirePeer) -> Endpoint?
    ) throws -> RecordSet<DataPathRecord> {
        var records: [DataPathRecord] = []
        for network in networks {
            let declared = network.config.listenPort
            records.append(
                .interface(
                    .init(
                        name: network.interface, domain: "\(tenant)/\(network.config.cvlan)",
                        publicKey: publicKey.bytes,
                        listenPort: declared == 0 ? listenPorts[network.interface].map(UInt32.init) : declared,
                        mtu: network.config.mtu, forward: forwards)))
            let encoded: [UInt8] = try network.filter.serializedBytes()
            records.append(
                .filter(
                    .init(interface: network.interface, digest: SHA256Digest.of(encoded), filter: network.filter)))
            records += network.config.addresses.compactMap(\.prefix)
                .map { .address(.init(interface: network.interface, prefix: $0)) }
            records += network.peers.map { peer in
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

    /// The network itself, and what gateways route to, but for what this node routes to itself.
    private func routes(of network: Network) -> Set<IPPrefix> {
        let own = Set(network.config.advertisedRoutes.compactMap { $0.prefix?.network })
        let families = Set(network.config.addresses.compactMap { $0.prefix?.family })
        let cidrs = network.config.cidrs.compactMap { $0.prefix?.network }.filter { families.contains($0.family) }
        let remote = network.peers.flatMap { $0.routes.compactMap { $0.prefix?.network } }
        return Set(cidrs + remote).subtracting(own)
    }
}
