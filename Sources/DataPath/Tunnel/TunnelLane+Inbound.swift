internal import Addressing
internal import Forwarding
internal import PacketIO
internal import Tunneling
internal import WireGuard

// UDP → decrypt where it lies, source check → filter → another peer, or merged into large packets → TUN.
extension TunnelLane {
    /// Calls for datagrams at one event; then it is the others' turn.
    private static let receivesAtOnce = 4

    func moveInbound(_ family: IPFamily) {
        for _ in 0..<Self.receivesAtOnce {
            guard let sockets = settings.sockets else { return }
            // The sockets are ours and open: what they report here concerns single datagrams.
            guard let count = try? bench.receiver.receive(family, from: sockets), count > 0 else { break }
            for index in 0..<count {
                if let message = bench.receiver[index] { take(message) }
            }
            openAdmitted()
            deliverMerged()
            transmit()
            guard bench.receiver.mayHaveMore else { break }
        }
    }

    private func take(_ message: DatagramReceiver.Message) {
        let path = Path(endpoint: message.remote, source: message.source)
        bench.noteMoved(message.bytes.count)
        guard let base = message.bytes.baseAddress, message.segmentSize > 0 else { return dropInvalid(1) }
        var start = 0
        while start < message.bytes.count {
            let count = min(message.segmentSize, message.bytes.count - start)
            take(UnsafeMutableRawBufferPointer(start: base + start, count: count), on: path)
            start += count
        }
    }

    @inline(__always)
    private func take(_ datagram: UnsafeMutableRawBufferPointer, on path: Path) {
        if Device.isData(datagram) {
            if bench.opener.isFull { openAdmitted() }
            if data.admit(datagram, on: path, to: bench.opener, now: now) != nil { dropInvalid(1) }
        } else if case .dropped = data.receive(datagram, on: path, now: now) {
            dropInvalid(1)
        }
    }

    private func openAdmitted() {
        data.openAll(bench.opener, now: now) { opened in
            switch opened {
            case .packet(let peer, let packet, let room): deliver(packet, room: room, from: .wireGuard(peer))
            case .keepalive: break
            case .dropped: dropInvalid(1)
            }
        }
    }

    /// Takes a decrypted packet to where it belongs.
    ///
    /// - Parameter room: bytes from the packet's beginning that may be written to.
    func deliver(_ packet: UnsafeMutableRawBufferPointer, room: Int, from peer: TunnelPeer) {
        let destination = Self.destination(of: packet)
        let other = settings.forwards ? destination.flatMap { lookup($0) }.flatMap { $0 != peer ? $0 : nil } : nil
        // Only the source is the peer's by its keys: the kernel would take the packet to whatever else it can reach.
        guard other != nil || settings.local.covers(destination) else { return dropInvalid(1) }
        guard passes(packet, from: peer.origin) else { return }
        counters.receivedPackets += 1
        counters.receivedBytes += UInt64(packet.count)
        if let other {
            forward(packet, room: room, from: peer, to: other)
        } else {
            merge(packet)
        }
    }

    private func forward(
        _ packet: UnsafeMutableRawBufferPointer, room: Int, from sender: TunnelPeer, to peer: TunnelPeer
    ) {
        guard Self.decrementHopLimit(packet) else { return dropInvalid(1) }
        guard fits(packet, count: packet.count, for: peer, from: sender) else { return }
        if !bench.hasRoom { transmit() }
        seal(packet, in: .datagram(room: room), for: peer)
    }

    // MARK: To the kernel

    private func merge(_ packet: UnsafeMutableRawBufferPointer) {
        guard let merger, let start = packet.baseAddress else {
            if tun.write(packet) != 0 { dropInvalid(1) }
            return
        }
        if merger.isFull { deliverMerged() }
        merger.feed(start, count: packet.count, tag: 0)
    }

    func deliverMerged() {
        while let packet = merger?.next() {
            if tun.write(packet.vectors) != 0 { dropInvalid(packet.packets) }
        }
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

extension DatagramReceiver.Message {
    /// Where it came to.
    var source: LocalSource? { local.map { LocalSource(address: $0.address, interface: $0.interface) } }
}
