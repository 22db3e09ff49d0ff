internal import AEAD
package import Addressing

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

    /// A single data message.
    private func receiveData(_ datagram: UnsafeMutableRawBufferPointer, on path: Path, now: Instant) -> Received {
        let opener = self.opener
        if let reason = admit(datagram, on: path, to: opener, now: now) { return .dropped(reason) }
        var result = Received.handled
        openAll(opener, now: now) { opened in
            switch opened {
            case .packet(let peer, let packet, _):
                result = .packet(peer, DataHeader.count..<DataHeader.count + packet.count)
            case .keepalive: result = .handled
            case .dropped(let reason): result = .dropped(reason)
            }
        }
        return result
    }

    // MARK: Many data messages

    /// Whether a datagram may be a data message, for `admit`; anything else is for `receive`.
    @inline(__always)
    package static func isData(_ datagram: UnsafeMutableRawBufferPointer) -> Bool {
        datagram.count >= DataHeader.minimumMessage
            && UnsafeRawBufferPointer(datagram).littleEndian32(at: 0) == MessageType.data.rawValue
    }

    /// Adds a data message to what `openAll` opens, which must have room; or says why it is dropped.
    package func admit(
        _ datagram: UnsafeMutableRawBufferPointer, on path: Path, to opener: DataOpener, now: Instant
    ) -> DropReason? {
        guard isUp else { return .interfaceDown }
        guard Self.isData(datagram) else { return .malformed }
        let message = UnsafeRawBufferPointer(datagram)
        let index = message.littleEndian32(at: 4)
        guard let keypair = opener.lastKeypair(withIndex: index) ?? session(at: index) else { return .unknownReceiver }
        let counter = UInt64(littleEndian: message.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        guard !keypair.age.isTooOld(at: now), counter < Constants.rejectAfterMessages else { return .expiredSession }
        guard keypair.window.admits(counter) else { return .replayed }
        opener.add(datagram, counter: counter, of: keypair, on: path)
        return nil
    }

    private func session(at index: UInt32) -> Keypair? {
        guard case .session(let keypair) = indices[index] else { return nil }
        return keypair
    }

    /// Decrypts what was admitted, and tells what became of each, in order. The opener is empty afterwards.
    package func openAll(_ opener: DataOpener, now: Instant, _ body: (Opened) -> Void) {
        opener.decrypt()
        for run in opener.runs {
            let jobs = UnsafeMutableBufferPointer(rebasing: opener.jobs[run.jobs])
            if jobs.contains(where: \.isAuthentic) {
                finish(jobs, of: run, now: now, body)
            } else {
                for _ in jobs { body(.dropped(.unauthenticated)) }
            }
        }
        opener.removeAll()
    }

    /// At least one of the messages is authentic.
    private func finish(
        _ jobs: UnsafeMutableBufferPointer<AEADJob>, of run: DataOpener.Run, now: Instant, _ body: (Opened) -> Void
    ) {
        let keypair = run.keypair
        let peer = keypair.peer
        let id = peer.id
        var bytes = 0
        var packets = 0
        var messagesWithData = 0
        var source = SourceCheck()
        for job in jobs {
            guard job.isAuthentic else {
                body(.dropped(.unauthenticated))
                continue
            }
            // Asked before, but the same counter may have come twice in between.
            guard keypair.window.accept(job.counter) else {
                body(.dropped(.replayed))
                continue
            }
            if bytes == 0 {
                if peer.path != run.path { peer.path = run.path }
                if peer.keypairs.next === keypair { confirm(peer, now: now) }
            }
            bytes += DataHeader.count + job.count + DataHeader.tagCount
            guard job.count > 0 else {
                body(.keepalive)
                continue
            }
            messagesWithData += 1
            let text = UnsafeRawBufferPointer(start: job.destination, count: job.count)
            guard let inner = InnerPacket(text, 0..<job.count) else {
                body(.dropped(.notIP))
                continue
            }
            guard source.belongs(inner, to: id.index, allowedIPs) else {
                body(.dropped(.sourceNotAllowed))
                continue
            }
            packets += 1
            let packet = UnsafeMutableRawBufferPointer(start: job.destination, count: inner.count)
            body(.packet(id, packet, room: job.count + DataHeader.tagCount))
        }
        guard bytes > 0 else { return }
        peer.statistics.receivedBytes += UInt64(bytes)
        peer.statistics.receivedPackets += UInt64(packets)
        noteAuthenticatedReceived(from: peer, now: now)
        keepKeyFresh(receivingWith: keypair, now: now)
        if messagesWithData > 0 { noteDataReceived(messagesWithData, from: peer, now: now) }
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

/// Whether packets come from a peer's allowed IPs; the last one is remembered, as most come in rows.
private struct SourceCheck {
    private var last: (family: IPFamily, v4: UInt32, v6: UInt128)?

    @inline(__always)
    mutating func belongs(_ packet: InnerPacket, to peer: UInt32, _ allowedIPs: borrowing PrefixTable) -> Bool {
        if let last, last.family == packet.family, last.v4 == packet.sourceV4, last.v6 == packet.sourceV6 {
            return true
        }
        let owner =
            packet.family == .v4 ? allowedIPs.lookup(v4: packet.sourceV4) : allowedIPs.lookup(v6: packet.sourceV6)
        guard owner == peer else { return false }
        last = (packet.family, packet.sourceV4, packet.sourceV6)
        return true
    }
}
