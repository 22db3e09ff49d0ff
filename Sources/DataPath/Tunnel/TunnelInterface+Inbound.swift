internal import Addressing
internal import Forwarding
internal import PacketIO
internal import WireGuard

// UDP → decrypt where it lies, source check → filter → another peer, or the TUN device.
extension TunnelInterface {
    func moveInbound(_ family: IPFamily, now: Instant) {
        guard let sockets else { return }
        let batch = batches.inbound
        let count: Int
        do {
            count = try sockets.receive(family, into: batch)
        } catch {
            // The sockets are ours and open: what they report here concerns single datagrams.
            return
        }
        guard count > 0 else { return }
        expireFlows(now: now)
        var datagrams = 0
        for index in 0..<count {
            if openInbound(&batch[index], now: now) { datagrams += 1 }
        }
        send(batch, expecting: datagrams)
        flushOutbox()
    }

    /// Takes one datagram to where it belongs. Returns whether it has become a datagram for another peer, to be sent.
    private func openInbound(_ packet: inout Packet, now: Instant) -> Bool {
        guard let remote = packet.remote, packet.buffer.count > 0 else { return discard(&packet) }
        let via = packet.local.map { LocalSource(address: $0.address, interface: $0.interface) }
        switch device.receive(packet.buffer.bytes, from: remote, via: via, now: now) {
        case .handled:
            packet.buffer.setCount(0)
            return false
        case .dropped:
            return discard(&packet)
        case .packet(let peer, let range):
            packet.buffer.setRange(start: packet.buffer.start + range.lowerBound, count: range.count)
            return deliver(&packet, from: peer, now: now)
        }
    }

    private func deliver(_ packet: inout Packet, from peer: PeerID, now: Instant) -> Bool {
        let destination = Self.destination(of: packet.buffer.bytes)
        let other = forwards ? destination.flatMap { device.lookup($0) }.flatMap { $0 != peer ? $0 : nil } : nil
        // Only the source is the peer's by its keys: the kernel would take the packet to whatever else it can reach.
        guard other != nil || local.covers(destination) else { return discard(&packet) }
        guard passes(packet.buffer.bytes, from: .peer(peer.index), now: now) else {
            packet.buffer.setCount(0)
            return false
        }
        counters.receivedPackets += 1
        counters.receivedBytes += UInt64(packet.buffer.count)
        if let other {
            guard Self.decrementHopLimit(packet.buffer.bytes) else { return discard(&packet) }
            return seal(&packet, for: other, now: now)
        }
        if tun.write(packet.buffer.bytes) != 0 { counters.droppedInvalid += 1 }
        packet.buffer.setCount(0)
        return false
    }

    private func discard(_ packet: inout Packet) -> Bool {
        counters.droppedInvalid += 1
        packet.buffer.setCount(0)
        return false
    }

    /// As every forwarder does, so that loops end (RFC 1812 §5.3.1, with the checksum updated after RFC 1624). Returns
    /// whether the packet may go on.
    static func decrementHopLimit(_ packet: UnsafeMutableRawBufferPointer) -> Bool {
        guard packet.count >= 20 else { return false }
        let offset = packet[0] >> 4 == 4 ? 8 : 7
        guard packet[offset] > 1 else { return false }
        packet[offset] -= 1
        if offset == 8 {
            let sum = UInt32(packet[10]) << 8 + UInt32(packet[11]) + 0x100
            let folded = sum & 0xFFFF + sum >> 16
            packet[10] = UInt8(truncatingIfNeeded: folded >> 8)
            packet[11] = UInt8(truncatingIfNeeded: folded)
        }
        return true
    }
}
