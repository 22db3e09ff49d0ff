internal import Addressing
package import Tunneling

extension DataLane {
    /// Adds a data message to what `openAll` opens, which must have room; or says why it is dropped.
    package func admit(
        _ datagram: UnsafeMutableRawBufferPointer, on path: Path, to opener: DataOpener, now: Instant
    ) -> DropReason? {
        guard isUp else { return .interfaceDown }
        guard Device.isData(datagram) else { return .malformed }
        let message = UnsafeRawBufferPointer(datagram)
        let index = message.littleEndian32(at: 4)
        let counter = UInt64(littleEndian: message.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        guard counter < Constants.rejectAfterMessages else { return .expiredSession }
        if opener.continues(index, on: path) {
            opener.add(datagram, counter: counter)
            return nil
        }
        guard let session = session(at: index, on: path) else { return .unknownReceiver }
        guard !session.keypair.age.isTooOld(at: now) else { return .expiredSession }
        opener.begin(session)
        opener.add(datagram, counter: counter)
        return nil
    }

    private func session(at index: UInt32, on path: Path) -> DataOpener.Session? {
        reading { tables in
            guard case .session(let keypair) = tables.indices[index] else { return nil }
            let peer = keypair.peer
            return DataOpener.Session(
                keypair: keypair, peer: peer, path: path, isUnconfirmed: peer.keypairs.next === keypair)
        }
    }

    /// Decrypts what was admitted, and tells what became of each, in order. The opener is empty afterwards.
    package func openAll(_ opener: DataOpener, now: Instant, _ body: (Opened) -> Void) {
        opener.decrypt()
        for run in opener.runs {
            finish(run, of: opener, accepted: opener.acceptNew(of: run), now: now, body)
        }
        opener.removeAll()
    }

    /// - Parameter accepted: how many messages are authentic and new.
    private func finish(
        _ run: DataOpener.Run, of opener: DataOpener, accepted: Int, now: Instant, _ body: (Opened) -> Void
    ) {
        if accepted > 0 { noteArrival(of: run.session, now: now) }
        let id = run.session.peer.id
        var (bytes, packets, messagesWithData) = (0, 0, 0)
        var source = SourceCheck()
        for index in run.jobs {
            if let reason = opener.refusal(of: index) {
                body(.dropped(reason))
                continue
            }
            let job = opener.jobs[index]
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
            guard source.belongs(inner, to: id.index, self) else {
                body(.dropped(.sourceNotAllowed))
                continue
            }
            packets += 1
            let packet = UnsafeMutableRawBufferPointer(start: job.destination, count: inner.count)
            body(.packet(id, packet, room: job.count + DataHeader.tagCount))
        }
        guard accepted > 0 else { return }
        noteReceived(packets, messages: messagesWithData, bytes: bytes, run.session, now: now)
    }

    /// Genuine messages came: they tell where the peer is, and that it has the session.
    private func noteArrival(of session: DataOpener.Session, now: Instant) {
        session.peer.move(to: session.path)
        guard session.isUnconfirmed else { return }
        if let device {
            device.confirm(session.keypair, now: now)
        } else {
            tell(.confirmed(session.peer.id, localIndex: session.keypair.localIndex))
        }
    }

    private func noteReceived(
        _ packets: Int, messages: Int, bytes: Int, _ session: DataOpener.Session, now: Instant
    ) {
        switch role {
        case .own:
            device?.noteReceived(packets, messages: messages, bytes: bytes, under: session.keypair, now: now)
        case .other(_, let reports):
            reports.add(with: session.peer.id) { passage in
                passage.receiving = session.keypair
                passage.received.packets += packets
                passage.received.messages += messages
                passage.received.bytes += bytes
                passage.received.last = now
            }
        }
    }
}

/// Whether packets come from a peer's allowed IPs; the last one is remembered, as most come in rows.
private struct SourceCheck {
    private var last: (family: IPFamily, v4: UInt32, v6: UInt128)?

    @inline(__always)
    mutating func belongs(_ packet: InnerPacket, to peer: UInt32, _ lane: DataLane) -> Bool {
        if let last, last.family == packet.family, last.v4 == packet.sourceV4, last.v6 == packet.sourceV6 {
            return true
        }
        let owner = lane.reading { tables in
            packet.family == .v4
                ? tables.allowedIPs.lookup(v4: packet.sourceV4) : tables.allowedIPs.lookup(v6: packet.sourceV6)
        }
        guard owner == peer else { return false }
        last = (packet.family, packet.sourceV4, packet.sourceV6)
        return true
    }
}
