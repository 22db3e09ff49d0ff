package import Tunneling

extension DataLane {
    /// Begins to seal up to `count` packets for a peer; `endSealing` is to follow. The caller has chosen the peer, by `lookup`
    /// or otherwise: allowed IPs are not checked.
    package func beginSealing(_ count: Int, for id: PeerID, now: Instant) -> Sealing {
        guard !isHandedOver(id) else { return .noSession }
        return reading { tables in
            guard let peer = tables[id] else { return .dropped(.noSuchPeer) }
            guard isUp else { return .dropped(.interfaceDown) }
            let path = peer.path
            if device == nil {
                // The device would only drop it.
                guard path != nil else { return .dropped(.noEndpoint) }
                // What waits for a session is the device's to send, before anything newer.
                guard !peer.isHeldBack else { return .noSession }
            }
            guard let keypair = peer.keypairs.current, keypair.age.canSend(at: now) else { return .noSession }
            guard let path else { return .dropped(.noEndpoint) }
            guard let counters = keypair.age.takeCounters(count, at: now) else { return .noSession }
            let mtu = tables.mtu.load(ordering: .relaxed)
            return .session(SealingRun(keypair: keypair, peer: peer, path: path, mtu: mtu, counters: counters))
        }
    }

    /// Counts what was sealed, and has timers set by it.
    package func endSealing(_ run: SealingRun, now: Instant) {
        guard run.packets > 0 else { return }
        switch role {
        case .own: device?.noteSent(run.packets, bytes: run.bytes, under: run.keypair, now: now)
        case .other(_, let reports):
            reports.add(with: run.peer.id) { passage in
                passage.sending = run.keypair
                passage.sent.packets += run.packets
                passage.sent.bytes += run.bytes
                passage.sent.last = now
            }
        }
    }
}
