package import Addressing
package import OpenSSL
package import Tunneling

extension Device {
    // MARK: The device's own key

    /// Clamped. `nil`: none is set, and nothing is sent or answered.
    package var privateKey: SecretKey? { identity?.key.secret }
    package var publicKey: PublicKey? { identity?.key.publicKey }

    /// `nil` or a zero key: none. Sessions under the former key are used for sending no more; what is under way under them is still
    /// taken until they are too old. A peer with the new public key is removed, as `wg` expects.
    /// Peers with persistent keepalive are greeted under the new key, by their timers.
    package func setPrivateKey(_ key: SecretKey?, now: Instant) {
        guard let key, !key.isZero else {
            identity = nil
            tables.change { $0.mac1Key = nil }
            backlog.removeAll()
            for case let peer? in peers {
                peer.isInitiationWaiting = false
                peer.forgetStaticShared()
                wipe(peer)
            }
            return
        }
        let identity = Identity(key)
        if let current = self.identity, current.key.secret == identity.key.secret { return }
        if let own = peersByKey[identity.key.publicKey] { removePeer(own.id) }
        self.identity = identity
        tables.change { $0.mac1Key = identity.cookies.mac1Key }
        backlog.removeMessages()
        for case let peer? in peers {
            peer.forgetStaticShared()
            forgetInitiation(of: peer)
            peer.lastHandshakeSent = nil
            peer.keypairs.current?.age.retire()
            peer.keypairs.next?.age.retire()
            greet(peer, now: now)
        }
    }

    // MARK: Up and down

    /// Starts again after `goDown`: peers with persistent keepalive are greeted, by their timers.
    package func goUp(now: Instant) {
        guard !isUp else { return }
        tables.isUp.store(true, ordering: .relaxed)
        timerWheel.begin(at: now)
        for case let peer? in peers { greet(peer, now: now) }
    }

    /// Wipes every session, stops all timers and drops what waits. Nothing is sent or taken until `goUp`.
    package func goDown() {
        tables.isUp.store(false, ordering: .relaxed)
        for case let peer? in peers {
            wipe(peer)
            peer.timers = PeerTimers()
            peer.lastHandshakeSent = nil
            peer.isInitiationWaiting = false
            timerWheel.set(peer.id.index, .never)
        }
        backlog.removeAll()
        outbox = []
    }

    // MARK: Peers

    package var peerCount: Int { peersByKey.count }

    package func peer(for key: PublicKey) -> PeerID? { peersByKey[key]?.id }

    /// The peer with the key, made if there is none; `nil` for the device's own key.
    package func addPeer(_ key: PublicKey) -> PeerID? {
        if let peer = peersByKey[key] { return peer.id }
        guard key != publicKey else { return nil }
        let index: UInt32
        if let free = freeIndices.popLast() {
            index = free
        } else {
            index = UInt32(peers.count)
            tables.change { $0.peers.append(nil) }
            generations.append(0)
        }
        let peer = Peer(id: PeerID(index: index, generation: generations[Int(index)]), publicKey: key)
        tables.change { $0.peers[Int(index)] = peer }
        peersByKey[key] = peer
        return peer.id
    }

    /// Forgets a peer with its sessions and allowed IPs. Other peers notice nothing.
    package func removePeer(_ id: PeerID) {
        guard let peer = self[id] else { return }
        wipe(peer)
        tables.change { $0.allowedIPs.removeAll(of: id.index) }
        timerWheel.set(id.index, .never)
        peersByKey[peer.publicKey] = nil
        generations[Int(id.index)] &+= 1
        tables.change { $0.peers[Int(id.index)] = nil }
        freeIndices.append(id.index)
    }

    package func removeAllPeers() {
        for peer in peersByKey.values.map(\.id) { removePeer(peer) }
    }

    /// Takes effect with the next handshake. `nil` or a zero key: none.
    package func setPresharedKey(_ key: SecretKey?, of peer: PeerID) {
        self[peer]?.presharedKey = key ?? .zero
    }

    /// Sets where the peer is until it roams. A peer with persistent keepalive that was nowhere before is greeted.
    package func setEndpoint(_ endpoint: Endpoint?, of id: PeerID, now: Instant) {
        guard let peer = self[id], peer.path?.endpoint != endpoint else { return }
        let wasKnown = peer.path != nil
        peer.path = endpoint.map { Path(endpoint: $0) }
        if !wasKnown, peer.persistentKeepalive > 0 { sendKeepalive(to: peer, now: now) }
    }

    /// Seconds; 0: off. When it is switched on, a keepalive goes out at once.
    package func setPersistentKeepalive(_ seconds: UInt16, of id: PeerID, now: Instant) {
        guard let peer = self[id], peer.persistentKeepalive != seconds else { return }
        let wasOff = peer.persistentKeepalive == 0
        peer.persistentKeepalive = seconds
        if seconds == 0 {
            peer.timers.persistentKeepalive = .never
        } else if wasOff {
            sendKeepalive(to: peer, now: now)
        } else if peer.timers.persistentKeepalive != .never {
            notePassage(with: peer, now: now)
        }
    }

    // MARK: Allowed IPs

    /// Gives a prefix to a peer. If another has exactly this prefix, it loses it.
    package func addAllowedIP(_ prefix: IPPrefix, to peer: PeerID) {
        guard self[peer] != nil else { return }
        tables.change { _ = $0.allowedIPs.insert(prefix, owner: peer.index) }
    }

    /// Takes a prefix from a peer, if it is the peer's.
    package func removeAllowedIP(_ prefix: IPPrefix, from peer: PeerID) {
        guard self[peer] != nil, tables.allowedIPs.owner(of: prefix) == peer.index else { return }
        tables.change { _ = $0.allowedIPs.remove(prefix) }
    }

    package func removeAllowedIPs(of peer: PeerID) {
        guard self[peer] != nil else { return }
        tables.change { $0.allowedIPs.removeAll(of: peer.index) }
    }

    /// Afterwards the peer has exactly these.
    package func replaceAllowedIPs(_ prefixes: some Sequence<IPPrefix>, of peer: PeerID) {
        // At once, so that no packet finds some of them gone.
        tables.change { _ in
            removeAllowedIPs(of: peer)
            for prefix in prefixes { addAllowedIP(prefix, to: peer) }
        }
    }

    // MARK: Local sources

    /// Forgets local sources that are gone: an address that was removed, an interface that went away.
    package func forgetSources(where isGone: (LocalSource) -> Bool) {
        for case let peer? in peers {
            peer.forgetSource(where: isGone)
        }
    }

    // MARK: Handshakes

    /// Starts a handshake unless one is under way. Without an endpoint nothing happens.
    package func startHandshake(with peer: PeerID, now: Instant) {
        guard let peer = self[peer] else { return }
        sendInitiation(to: peer, isRetry: false, now: now)
    }
}
