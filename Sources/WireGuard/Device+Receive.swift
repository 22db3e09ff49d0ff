package import Addressing
internal import OpenSSL

extension Device {
    /// Takes a datagram that is alone in its buffer; a data packet is decrypted in place.
    ///
    /// `source` is the address of ours that it came to, with its interface: datagrams to this peer leave from there.
    package func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from endpoint: Endpoint, via source: LocalSource?, now: Instant
    ) -> Received {
        guard isUp else { return .dropped(.interfaceDown) }
        guard datagram.count >= 4 else { return .dropped(.malformed) }
        let message = UnsafeRawBufferPointer(datagram)
        let path = Path(endpoint: endpoint, source: source)
        switch MessageType(rawValue: message.littleEndian32(at: 0)) {
        case .data:
            return receiveData(datagram, on: path, now: now)
        case .initiation where message.count == HandshakeMessage.initiationCount:
            return receiveHandshake(.initiation, message, on: path, now: now)
        case .response where message.count == HandshakeMessage.responseCount:
            return receiveHandshake(.response, message, on: path, now: now)
        case .cookieReply where message.count == CookieReply.count:
            return receiveCookieReply(CookieReply(message), now: now)
        default:
            return .dropped(.malformed)
        }
    }

    @inline(__always)
    private func receiveData(_ datagram: UnsafeMutableRawBufferPointer, on path: Path, now: Instant) -> Received {
        let message = UnsafeRawBufferPointer(datagram)
        guard message.count >= DataHeader.minimumMessage, let base = datagram.baseAddress else {
            return .dropped(.malformed)
        }
        guard case .session(let keypair) = indices[message.littleEndian32(at: 4)] else {
            return .dropped(.unknownReceiver)
        }
        let counter = UInt64(littleEndian: message.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        guard !keypair.age.isTooOld(at: now), counter < Constants.rejectAfterMessages else {
            return .dropped(.expiredSession)
        }
        guard keypair.window.admits(counter) else { return .dropped(.replayed) }
        let text = DataHeader.count
        guard keypair.receiving.open(base + text, count: datagram.count - text, counter: counter) else {
            return .dropped(.unauthenticated)
        }
        _ = keypair.window.accept(counter)

        let peer = keypair.peer
        if peer.path != path { peer.path = path }
        if peer.keypairs.next === keypair { confirm(peer, now: now) }
        peer.statistics.receivedBytes += UInt64(datagram.count)
        noteAuthenticatedReceived(from: peer, now: now)
        keepKeyFresh(receivingWith: keypair, now: now)

        let packet = text..<(datagram.count - ChaCha20Poly1305.tagCount)
        guard !packet.isEmpty else { return .handled }
        noteDataReceived(from: peer, now: now)
        guard let inner = InnerPacket(message, packet) else { return .dropped(.notIP) }
        let owner = inner.family == .v4 ? allowedIPs.lookup(v4: inner.sourceV4) : allowedIPs.lookup(v6: inner.sourceV6)
        guard owner == peer.id.index else { return .dropped(.sourceNotAllowed) }
        peer.statistics.receivedPackets += 1
        return .packet(peer.id, text..<(text + inner.count))
    }

    /// The first genuine message under a session that we answered for: the peer has it, and it is the current one now.
    @inline(never)
    private func confirm(_ peer: Peer, now: Instant) {
        for dropped in peer.keypairs.confirmNext() { indices.remove(dropped.localIndex) }
        noteHandshakeComplete(with: peer)
        releasePending(of: peer, now: now)
    }

    @inline(never)
    private func receiveCookieReply(_ reply: CookieReply, now: Instant) -> Received {
        let peer: Peer?
        switch indices[reply.receiver] {
        case .handshake(let index): peer = peers[Int(index)]
        case .session(let keypair): peer = keypair.peer
        case nil: peer = nil
        }
        guard let peer else { return .dropped(.unknownReceiver) }
        return peer.exchange?.cookies.take(reply, now: now) == true ? .handled : .dropped(.unauthenticated)
    }
}
