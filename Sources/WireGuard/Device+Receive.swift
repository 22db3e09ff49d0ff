package import Addressing
package import Tunneling

extension Device {
    /// Takes a datagram that is alone in its buffer; a data packet is decrypted in place.
    ///
    /// `source` is the address of ours that it came to, with its interface: datagrams to this peer leave from there.
    package func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from endpoint: Endpoint, via source: LocalSource?, now: Instant
    ) -> Received {
        guard isUp else { return .dropped(.interfaceDown) }
        let message = UnsafeRawBufferPointer(datagram)
        let path = Path(endpoint: endpoint, source: source)
        switch MessageType(of: message) {
        case .data: return receiveData(datagram, on: path, now: now)
        case .initiation: return receiveHandshake(.initiation, message, on: path, now: now)
        case .response: return receiveHandshake(.response, message, on: path, now: now)
        case .cookieReply: return receiveCookieReply(CookieReply(message), now: now)
        case nil: return .dropped(.malformed)
        }
    }

    /// A single data message.
    private func receiveData(_ datagram: UnsafeMutableRawBufferPointer, on path: Path, now: Instant) -> Received {
        if let reason = ownLane.admit(datagram, on: path, to: opener, now: now) { return .dropped(reason) }
        var result = Received.handled
        ownLane.openAll(opener, now: now) { opened in
            switch opened {
            case .packet(let peer, let packet, _):
                result = .packet(peer, DataHeader.count..<DataHeader.count + packet.count)
            case .keepalive: result = .handled
            case .dropped(let reason): result = .dropped(reason)
            }
        }
        return result
    }

    // MARK: What came by a lane

    /// Whether a datagram may be a data message, for `DataLane.admit`; anything else is for `DataLane.receive`.
    @inline(__always)
    package static func isData(_ datagram: UnsafeMutableRawBufferPointer) -> Bool {
        MessageType(of: UnsafeRawBufferPointer(datagram)) == .data
    }

    /// Counts genuine messages, and sets timers by them.
    func noteReceived(_ packets: Int, messages: Int, bytes: Int, under keypair: Keypair, now: Instant) {
        let peer = keypair.peer
        peer.statistics.receivedBytes += UInt64(bytes)
        peer.statistics.receivedPackets += UInt64(packets)
        noteAuthenticatedReceived(from: peer, now: now)
        keepKeyFresh(receivingWith: keypair, now: now)
        if messages > 0 { noteDataReceived(messages, from: peer, now: now) }
    }

    /// The first genuine message under a session that we answered for: the peer has it, and it is the current one now.
    @inline(never)
    func confirm(_ keypair: Keypair, now: Instant) {
        let peer = keypair.peer
        guard peer.keypairs.next === keypair else { return }
        tables.change { changes in
            for dropped in peer.keypairs.confirmNext() { changes.indices.remove(dropped.localIndex) }
        }
        noteHandshakeComplete(with: peer)
        releasePending(of: peer, now: now)
    }

    @inline(never)
    private func receiveCookieReply(_ reply: CookieReply, now: Instant) -> Received {
        let peer: Peer?
        switch tables.indices[reply.receiver] {
        case .handshake(let index): peer = peers[Int(index)]
        case .session(let keypair): peer = keypair.peer
        case nil: peer = nil
        }
        guard let peer else { return .dropped(.unknownReceiver) }
        return peer.exchange?.cookies.take(reply, now: now) == true ? .handled : .dropped(.unauthenticated)
    }
}
