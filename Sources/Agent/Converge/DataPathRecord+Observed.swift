internal import Addressing
package import DiffSync
package import WireFormat

extension DataPathRecord {
    /// What `cvland` says is there.
    ///
    /// - Parameter written: what it was given and does not show.
    package static func observed(
        _ state: WireDataPathState, written: WrittenSecrets = WrittenSecrets()
    ) throws -> RecordSet<DataPathRecord> {
        try RecordSet(state.interfaces.flatMap { records($0, written) })
    }

    private static func records(_ state: WireInterfaceState, _ written: WrittenSecrets) -> [DataPathRecord] {
        let name = state.spec.name
        let interface = DataPathRecord.interface(
            Interface(
                name: name, domain: state.spec.domain, publicKey: Array(state.publicKey),
                listenPort: state.spec.listenPort, mtu: state.spec.mtu, forward: state.spec.forward,
                local: state.spec.local.compactMap(\.prefix).sorted(), isUp: state.up))
        let filter =
            state.filterDigest.isEmpty
            ? [] : [DataPathRecord.filter(InterfaceFilter(interface: name, digest: Array(state.filterDigest)))]
        let addresses = state.addresses.compactMap(\.prefix).filter { !$0.address.isLinkLocal }
            .map { DataPathRecord.address(InterfacePrefix(interface: name, prefix: $0)) }
        let peers = state.peers.map { peer in
            DataPathRecord.peer(
                Peer(
                    interface: name, publicKey: Array(peer.spec.publicKey),
                    allowedIPs: peer.spec.allowedIps.compactMap(\.prefix).sorted(),
                    keepaliveSeconds: peer.spec.keepaliveSeconds, endpoint: Endpoint(peer.spec.endpoint)))
        }
        // The kernel gives IPv6 interfaces a link-local network of their own accord: neither wanted nor drift.
        let routes = Set(state.routes.compactMap { $0.prefix?.network }.filter { !$0.address.isLinkLocal })
            .map { DataPathRecord.route(InterfacePrefix(interface: name, prefix: $0)) }
        let identity = written.identities[name].map {
            DataPathRecord.ipsecIdentity(IPsecIdentity(interface: name, digest: $0))
        }
        let ipsecPeers = state.ipsecPeers.map { peer in
            DataPathRecord.ipsecPeer(IPsecPeer(peer.spec, of: name, written: written))
        }
        return [interface] + filter + [identity].compactMap { $0 } + addresses + peers + ipsecPeers + routes
    }
}

extension DataPathRecord.IPsecPeer {
    fileprivate init(_ spec: WireIPsecPeerSpec, of interface: String, written: WrittenSecrets) {
        self.init(
            interface: interface, name: spec.name, allowedIPs: spec.allowedIps.compactMap(\.prefix).sorted(),
            local: spec.local.compactMap(\.prefix).sorted(), endpoints: spec.endpoints, start: spec.start,
            profile: spec.profile, localIdentity: spec.localIdentity,
            remoteIdentity: spec.remoteIdentities.joined(separator: ", "), anchors: spec.trustAnchors.map { Array($0) },
            secretDigest: written.presharedKeys[.init(interface: interface, peer: spec.name)] ?? "")
        remoteSerialNumber = spec.remoteSerialNumber
        login = spec.hasEap ? DataPathRecord.Login(spec.eap) : nil
    }
}

extension DataPathRecord.Login {
    fileprivate init(_ eap: WireIPsecEAP) {
        self = eap.users.first.map { .password(user: $0.name, nil) } ?? .certificate
    }
}
