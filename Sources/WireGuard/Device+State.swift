package import Tunneling

extension Device {
    /// What `wg show` prints of a peer; `nil` for one that was removed.
    package func snapshot(of id: PeerID) -> PeerSnapshot? {
        guard let peer = self[id] else { return nil }
        return PeerSnapshot(
            id: id, publicKey: peer.publicKey, presharedKey: peer.presharedKey.isZero ? nil : peer.presharedKey,
            endpoint: peer.path?.endpoint, allowedIPs: tables.allowedIPs.prefixes(of: id.index),
            persistentKeepalive: peer.persistentKeepalive, lastHandshake: peer.lastHandshake,
            statistics: peer.statistics, protocolVersion: 1)
    }

    /// Peers from an index on, at most so many, in order of `PeerID.index`, and the index to go on from: `nil` after the last.
    package func snapshots(from index: UInt32, limit: Int) -> (peers: [PeerSnapshot], next: UInt32?) {
        var found: [PeerSnapshot] = []
        var index = Int(index)
        while index < peers.count {
            guard found.count < limit else { return (found, UInt32(index)) }
            if let snapshot = peers[index].flatMap({ snapshot(of: $0.id) }) { found.append(snapshot) }
            index += 1
        }
        return (found, nil)
    }

    package func statistics(of peer: PeerID) -> PeerStatistics? { self[peer]?.statistics }

    /// The time of day of the last completed handshake.
    package func lastHandshake(of peer: PeerID) -> WallTime? { self[peer]?.lastHandshake }

    /// In order of `PeerID.index`.
    package func forEachPeer(_ body: (PeerID, PublicKey) throws -> Void) rethrows {
        for case let peer? in peers { try body(peer.id, peer.publicKey) }
    }
}
