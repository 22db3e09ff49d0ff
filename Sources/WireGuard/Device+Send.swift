internal import AEAD
package import Tunneling

extension Device {
    // MARK: What went by a lane

    /// Counts what was sealed, and sets timers by it.
    func noteSent(_ packets: Int, bytes: Int, under keypair: Keypair, now: Instant) {
        let peer = keypair.peer
        noteSent(bytes, to: peer)
        noteDataSent(packets, to: peer, now: now)
        keepKeyFresh(sendingWith: keypair, now: now)
    }

    // MARK: One packet

    /// Encrypts `packet`, a range of `buffer` that holds an IP packet, for a peer. The buffer needs `headroom` bytes before
    /// the packet and `tailroom` after it.
    package func seal(
        _ buffer: UnsafeMutableRawBufferPointer, packet: Range<Int>, for peer: PeerID, now: Instant
    ) -> Sealed {
        guard !packet.isEmpty, packet.lowerBound >= Self.headroom, packet.upperBound <= buffer.count - Self.tailroom,
            let base = buffer.baseAddress
        else { return .dropped(.noRoom) }
        switch ownLane.beginSealing(1, for: peer, now: now) {
        case .dropped(let reason): return .dropped(reason)
        case .noSession: return enqueue(UnsafeRawBufferPointer(rebasing: buffer[packet]), for: peer, now: now)
        case .session(var run):
            let count = encrypt(base + packet.lowerBound, count: packet.count, in: &run)
            ownLane.endSealing(run, now: now)
            let start = packet.lowerBound - Self.headroom
            return .datagram(start..<start + count)
        }
    }

    /// Returns the length of the datagram, which begins `headroom` bytes before the packet.
    private func encrypt(_ packet: UnsafeMutableRawPointer, count: Int, in run: inout SealingRun) -> Int {
        let (counter, padded) = run.frame(packet, count: count)
        var job = AEADJob(inPlace: packet, count: padded, counter: counter)
        withUnsafeMutablePointer(to: &job) {
            engine.seal(UnsafeMutableBufferPointer(start: $0, count: 1), with: run.keypair.sending)
        }
        return DataHeader.count + padded + DataHeader.tagCount
    }

    // MARK: Without a session

    /// Keeps a copy of a packet until there is a session, which is asked for.
    package func enqueue(_ packet: UnsafeRawBufferPointer, for id: PeerID, now: Instant) -> Sealed {
        guard let peer = self[id] else { return .dropped(.noSuchPeer) }
        guard identity != nil else { return .dropped(.noPrivateKey) }
        guard peer.path != nil else { return .dropped(.noEndpoint) }
        let before = peer.pending.byteCount
        let isQueued = pendingBytes + packet.count <= Self.maximumPendingBytes
        if isQueued {
            peer.pending.append(packet)
            pendingBytes += peer.pending.byteCount - before
            holdBack(peer)
        }
        sendInitiation(to: peer, isRetry: false, now: now)
        return isQueued ? .queued : .dropped(.queueFull)
    }

    /// Keeps other lanes from sending to the peer before what waits has been sent.
    private func holdBack(_ peer: Peer) {
        guard !laneReports.isEmpty, !peer.isHeldBack else { return }
        tables.change { _ in peer.isHeldBack = true }
    }

    /// Sends what waited for a session; `false` when nothing did.
    @discardableResult
    func releasePending(of peer: Peer, now: Instant) -> Bool {
        guard !peer.pending.isEmpty, let path = peer.path else { return false }
        var sent = false
        for packet in takePending(of: peer) {
            guard let keypair = peer.keypairs.current, post(packet, with: keypair, to: peer, path, now: now) else {
                break
            }
            noteDataSent(1, to: peer, now: now)
            sent = true
        }
        return sent
    }

    func dropPending(of peer: Peer) { _ = takePending(of: peer) }

    private func takePending(of peer: Peer) -> [[UInt8]] {
        if peer.isHeldBack { letGo.append(peer.id) }
        pendingBytes -= peer.pending.byteCount
        return peer.pending.removeAll()
    }

    // MARK: Keepalives

    /// Sends what waits or, if nothing does, an empty packet; starts a handshake when there is no session.
    func sendKeepalive(to peer: Peer, now: Instant) {
        guard isUp, let path = peer.path else { return }
        guard let keypair = peer.keypairs.current, keypair.age.canSend(at: now) else {
            return sendInitiation(to: peer, isRetry: false, now: now)
        }
        if !releasePending(of: peer, now: now) { post([], with: keypair, to: peer, path, now: now) }
        notePassage(with: peer, now: now)
        noteAuthenticatedSent(to: peer)
        keepKeyFresh(sendingWith: keypair, now: now)
    }

    /// Returns false when the session allows no more.
    @discardableResult
    func post(_ packet: [UInt8], with keypair: Keypair, to peer: Peer, _ path: Path, now: Instant) -> Bool {
        guard let counters = keypair.age.takeCounters(1, at: now) else { return false }
        var run = SealingRun(keypair: keypair, peer: peer, path: path, mtu: mtu, counters: counters)
        var bytes = [UInt8](repeating: 0, count: Self.headroom + packet.count + Self.tailroom)
        bytes.replaceSubrange(Self.headroom..<Self.headroom + packet.count, with: packet)
        let count = bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return encrypt(base + Self.headroom, count: packet.count, in: &run)
        }
        bytes.removeSubrange(count...)
        outbox.append(Outgoing(bytes: bytes, path: path))
        noteSent(bytes.count, to: peer)
        return true
    }

    /// Counts a datagram that is as good as sent.
    @inline(__always)
    func noteSent(_ count: Int, to peer: Peer) {
        peer.statistics.sentBytes += UInt64(count)
    }
}
