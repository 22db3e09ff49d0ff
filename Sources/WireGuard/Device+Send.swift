internal import OpenSSL

extension Device {
    /// Encrypts `packet`, a range of `buffer` that holds an IP packet, for a peer. The caller has chosen the peer, by `lookup` or
    /// otherwise: allowed IPs are not checked. The buffer needs `headroom` bytes before the packet and `tailroom` after it.
    package func seal(
        _ buffer: UnsafeMutableRawBufferPointer, packet: Range<Int>, for peer: PeerID, now: Instant
    ) -> Sealed {
        guard let peer = self[peer] else { return .dropped(.noSuchPeer) }
        guard isUp else { return .dropped(.interfaceDown) }
        guard !packet.isEmpty, packet.lowerBound >= Self.headroom, packet.upperBound <= buffer.count - Self.tailroom
        else { return .dropped(.noRoom) }
        guard let keypair = peer.keypairs.current, keypair.age.canSend(at: now) else {
            return enqueue(UnsafeRawBufferPointer(rebasing: buffer[packet]), for: peer, now: now)
        }
        guard peer.path != nil else { return .dropped(.noEndpoint) }
        let datagram = encrypt(buffer, packet, with: keypair)
        noteSent(datagram.count, to: peer)
        noteDataSent(to: peer, now: now)
        keepKeyFresh(sendingWith: keypair, now: now)
        return .datagram(datagram)
    }

    /// Pads and encrypts in place. The keypair can send, and there is room.
    @inline(__always)
    private func encrypt(
        _ buffer: UnsafeMutableRawBufferPointer, _ packet: Range<Int>, with keypair: Keypair
    ) -> Range<Int> {
        let start = packet.lowerBound
        let padded = DataHeader.paddedCount(packet.count, mtu: mtu)
        for index in packet.upperBound..<(start + padded) { buffer[index] = 0 }
        let header = start - DataHeader.count
        let counter = keypair.age.takeCounter()
        if let base = buffer.baseAddress {
            DataHeader.write(receiver: keypair.remoteIndex, counter: counter, to: base + header)
            keypair.sending.seal(base + start, count: padded, counter: counter)
        }
        return header..<(start + padded + ChaCha20Poly1305.tagCount)
    }

    // MARK: Without a session

    private func enqueue(_ packet: UnsafeRawBufferPointer, for peer: Peer, now: Instant) -> Sealed {
        guard identity != nil else { return .dropped(.noPrivateKey) }
        guard peer.path != nil else { return .dropped(.noEndpoint) }
        let before = peer.pending.byteCount
        let isQueued = pendingBytes + packet.count <= Self.maximumPendingBytes
        if isQueued {
            peer.pending.append(packet)
            pendingBytes += peer.pending.byteCount - before
        }
        sendInitiation(to: peer, isRetry: false, now: now)
        return isQueued ? .queued : .dropped(.queueFull)
    }

    /// Sends what waited for a session; `false` when nothing did.
    @discardableResult
    func releasePending(of peer: Peer, now: Instant) -> Bool {
        guard !peer.pending.isEmpty, let path = peer.path else { return false }
        var sent = false
        for packet in takePending(of: peer) {
            guard let keypair = peer.keypairs.current, keypair.age.canSend(at: now) else { break }
            post(packet, with: keypair, to: peer, path)
            noteDataSent(to: peer, now: now)
            sent = true
        }
        return sent
    }

    func dropPending(of peer: Peer) { _ = takePending(of: peer) }

    private func takePending(of peer: Peer) -> [[UInt8]] {
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
        if !releasePending(of: peer, now: now) { post([], with: keypair, to: peer, path) }
        notePassage(with: peer, now: now)
        noteAuthenticatedSent(to: peer)
        keepKeyFresh(sendingWith: keypair, now: now)
    }

    private func post(_ packet: [UInt8], with keypair: Keypair, to peer: Peer, _ path: Path) {
        var bytes = [UInt8](repeating: 0, count: Self.headroom + packet.count + Self.tailroom)
        let end = Self.headroom + packet.count
        bytes.replaceSubrange(Self.headroom..<end, with: packet)
        let datagram = bytes.withUnsafeMutableBytes { encrypt($0, Self.headroom..<end, with: keypair) }
        bytes.removeSubrange(datagram.upperBound...)
        outbox.append(Outgoing(bytes: bytes, path: path))
        noteSent(bytes.count, to: peer)
    }

    /// Counts a datagram that is as good as sent.
    @inline(__always)
    func noteSent(_ count: Int, to peer: Peer) {
        peer.statistics.sentBytes += UInt64(count)
    }
}
