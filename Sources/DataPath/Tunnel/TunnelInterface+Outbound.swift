internal import Addressing
internal import Forwarding
internal import PacketIO
internal import WireGuard

// TUN → filter → longest prefix → encrypt where it lies → UDP.
extension TunnelInterface {
    func moveOutbound(now: Instant) {
        let batch = batches.outbound
        let count: Int
        do {
            count = try tun.read(into: batch)
        } catch {
            if error.isDeviceGone { declareGone() } else { checkLink(now: now) }
            return
        }
        guard count > 0 else { return }
        // Packets may come before the news that the interface is up.
        if !isUp { checkLink(now: now) }
        expireFlows(now: now)
        var datagrams = 0
        for index in 0..<count where sealOutbound(&batch[index], from: .local, now: now) {
            datagrams += 1
        }
        send(batch, expecting: datagrams)
        flushOutbox()
    }

    /// Turns a packet into a datagram for the peer that its destination belongs to, or into nothing (`count` 0): it was
    /// dropped, or waits for a handshake. Returns whether there is a datagram.
    private func sealOutbound(_ packet: inout Packet, from origin: PacketOrigin, now: Instant) -> Bool {
        guard let destination = Self.destination(of: packet.buffer.bytes),
            local.covers(Self.source(of: packet.buffer.bytes))
        else {
            counters.droppedInvalid += 1
            packet.buffer.setCount(0)
            return false
        }
        guard let peer = device.lookup(destination) else {
            counters.droppedNoPeer += 1
            packet.buffer.setCount(0)
            return false
        }
        guard passes(packet.buffer.bytes, from: origin, now: now) else {
            packet.buffer.setCount(0)
            return false
        }
        return seal(&packet, for: peer, now: now)
    }

    /// Encrypts a packet that has passed everything else.
    func seal(_ packet: inout Packet, for peer: PeerID, now: Instant) -> Bool {
        let length = packet.buffer.count
        let start = packet.buffer.start
        packet.buffer.prepend(Device.headroom)
        let room = packet.buffer.writable
        switch device.seal(room, packet: Device.headroom..<Device.headroom + length, for: peer, now: now) {
        case .datagram(let range):
            guard let path = device.path(of: peer) else { break }
            packet.buffer.setRange(start: start - Device.headroom + range.lowerBound, count: range.count)
            packet.remote = path.endpoint
            packet.local = path.source.map { LocalAddress($0.address, interface: $0.interface) }
            packet.tag = UInt64(peer.index) << 32 | UInt64(peer.generation)
            counters.sentPackets += 1
            counters.sentBytes += UInt64(length)
            return true
        case .queued:
            counters.sentPackets += 1
            counters.sentBytes += UInt64(length)
        case .dropped(.noEndpoint), .dropped(.noPrivateKey), .dropped(.noSuchPeer):
            counters.droppedNoPeer += 1
        case .dropped:
            counters.droppedInvalid += 1
        }
        packet.buffer.setCount(0)
        return false
    }

    func passes(_ packet: UnsafeMutableRawBufferPointer, from origin: PacketOrigin, now: Instant) -> Bool {
        guard filter != nil else { return true }
        switch filter?.check(UnsafeRawBufferPointer(packet), from: origin, at: now.wholeSeconds) {
        case .pass, nil: return true
        case .drop(.fault): counters.droppedInvalid += 1
        case .drop: counters.droppedByPolicy += 1
        }
        return false
    }

    /// `nil` for what is too short or no IP packet.
    static func destination(of packet: UnsafeMutableRawBufferPointer) -> IPAddress? {
        guard let first = packet.first else { return nil }
        switch first >> 4 {
        case 4 where packet.count >= 20:
            return IPAddress(v4: UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
        case 6 where packet.count >= 40:
            return IPAddress(v6: UInt128(bigEndian: packet.loadUnaligned(fromByteOffset: 24, as: UInt128.self)))
        default:
            return nil
        }
    }

    /// `nil` for what is too short or no IP packet.
    static func source(of packet: UnsafeMutableRawBufferPointer) -> IPAddress? {
        guard let first = packet.first else { return nil }
        switch first >> 4 {
        case 4 where packet.count >= 20:
            return IPAddress(v4: UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
        case 6 where packet.count >= 40:
            return IPAddress(v6: UInt128(bigEndian: packet.loadUnaligned(fromByteOffset: 8, as: UInt128.self)))
        default:
            return nil
        }
    }

    // MARK: Sending

    /// Sends the batch's datagrams; those whose source address is gone go again from whatever address the kernel takes.
    func send(_ batch: PacketBatch, expecting datagrams: Int) {
        guard datagrams > 0, let sockets else { return }
        guard sockets.send(batch) < datagrams else { return }
        var again = 0
        var forgotten: [LocalSource] = []
        for index in 0..<batch.count {
            guard case .sourceGone = batch[index].outcome, batch[index].buffer.count > 0 else {
                batch[index].buffer.setCount(0)
                continue
            }
            if let local = batch[index].local {
                let gone = LocalSource(address: local.address, interface: local.interface)
                // Once for each source: it is a walk over all peers.
                if !forgotten.contains(gone) {
                    forgotten.append(gone)
                    device.forgetSources { $0 == gone }
                }
            }
            batch[index].local = nil
            batch[index].outcome = .notSent
            again += 1
        }
        if again > 0 { sockets.send(batch) }
    }

    /// Sends what the WireGuard device made on its own.
    func flushOutbox() {
        guard !device.isOutboxEmpty else { return }
        let batch = batches.outbox
        batch.removeAll()
        for datagram in device.takeOutbox() where sockets != nil {
            if batch.isFull {
                send(batch, expecting: batch.count)
                batch.removeAll()
            }
            guard let index = batch.appendEmpty() else { continue }
            let room = batch[index].buffer.writable
            guard datagram.bytes.count <= room.count else {
                batch[index].buffer.setCount(0)
                continue
            }
            room.copyBytes(from: datagram.bytes)
            batch[index].buffer.setCount(datagram.bytes.count)
            batch[index].remote = datagram.path.endpoint
            batch[index].local = datagram.path.source.map { LocalAddress($0.address, interface: $0.interface) }
        }
        send(batch, expecting: batch.count)
        batch.removeAll()
    }
}
