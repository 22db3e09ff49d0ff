package import Addressing
package import PacketIO

/// The peers of an interface by IPsec, and what they are there for. Immutable: lanes get another one when something changes.
package final class IPsecRoutes: Sendable {
    /// Owners are peers' numbers.
    let allowedIPs: PrefixTable
    private let peers: [UInt32: IPsecPeer]
    /// What their datagrams leave by: one for each worker.
    let sockets: [UDPSockets]

    /// If two peers have the same prefix, it is the later one's.
    package init(_ peers: [(peer: IPsecPeer, allowedIPs: [IPPrefix])], sockets: [UDPSockets]) {
        var table = PrefixTable()
        for (peer, prefixes) in peers {
            for prefix in prefixes { table.insert(prefix, owner: peer.number) }
        }
        allowedIPs = table
        self.peers = Dictionary(peers.map { ($0.peer.number, $0.peer) }) { $1 }
        self.sockets = sockets
    }

    func peer(_ number: UInt32) -> IPsecPeer? { peers[number] }

    var all: some Sequence<IPsecPeer> { peers.values }
}
