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
        return [interface] + filter + addresses + peers + routes
    }
}
