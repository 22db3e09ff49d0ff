internal import Addressing
package import DiffSync
package import WireFormat

extension DataPathRecord {
    /// What `cvland` says is there.
    package static func observed(_ state: WireDataPathState) throws -> RecordSet<DataPathRecord> {
        try RecordSet(state.interfaces.flatMap(records))
    }

    private static func records(_ state: WireInterfaceState) -> [DataPathRecord] {
        let name = state.spec.name
        let interface = DataPathRecord.interface(
            Interface(
                name: name, domain: state.spec.domain, publicKey: Array(state.publicKey),
                listenPort: state.spec.listenPort, mtu: state.spec.mtu, forward: state.spec.forward))
        let filter =
            state.filterDigest.isEmpty
            ? [] : [DataPathRecord.filter(InterfaceFilter(interface: name, digest: Array(state.filterDigest)))]
        let addresses = state.addresses.compactMap(\.prefix)
            .map { DataPathRecord.address(InterfacePrefix(interface: name, prefix: $0)) }
        let peers = state.peers.map { peer in
            DataPathRecord.peer(
                Peer(
                    interface: name, publicKey: Array(peer.spec.publicKey),
                    allowedIPs: peer.spec.allowedIps.compactMap(\.prefix).sorted(),
                    keepaliveSeconds: peer.spec.keepaliveSeconds, endpoint: Endpoint(peer.spec.endpoint)))
        }
        let routes = Set(state.routes.compactMap { $0.prefix?.network })
            .map { DataPathRecord.route(InterfacePrefix(interface: name, prefix: $0)) }
        return [interface] + filter + addresses + peers + routes
    }
}
