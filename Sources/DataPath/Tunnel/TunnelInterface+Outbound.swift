internal import Addressing
internal import Forwarding
internal import PacketIO
internal import WireGuard

// TUN → filter → longest prefix → cut into segments → encrypt where they lie → UDP.
extension TunnelInterface {
    /// Packets that are read at one event, large ones included; then it is the others' turn.
    private static let packetsAtOnce = 128

    func moveOutbound(now: Instant) {
        // Packets may come before the news that the interface is up.
        if !isUp { checkLink(now: now) }
        expireFlows(now: now)
        do {
            for _ in 0..<Self.packetsAtOnce {
                guard try readOutbound(now: now) else { break }
                if lane.isWellFilled || !lane.hasRoom { transmit() }
            }
        } catch {
            if error.isDeviceGone { declareGone() } else { checkLink(now: now) }
        }
        transmit()
        flushOutbox()
    }

    /// Takes one packet from the kernel, to where it is to go. Returns false when there was none.
    private func readOutbound(now: Instant) throws(IOError) -> Bool {
        // Large packets come in rows: one that is cut is read aside, any other to where it is encrypted.
        let isAside = expectsLarge
        let target = isAside ? lane.large.base : lane.next
        var header = VirtioNetHeader()
        let count = try tun.read(
            into: UnsafeMutableRawBufferPointer(start: target, count: TUNDevice.longestPacket), header: &header)
        guard count > 0 else { return false }
        lane.noteMoved(count)
        expectsLarge = header.type.kind != .none
        if expectsLarge != isAside {
            let elsewhere = isAside ? lane.next : lane.large.base
            elsewhere.copyMemory(from: target, byteCount: count)
        }
        if expectsLarge {
            sealLarge(UnsafeMutableRawBufferPointer(start: lane.large.base, count: count), header, now: now)
        } else {
            sealSmall(UnsafeMutableRawBufferPointer(start: lane.next, count: count), header, now: now)
        }
        return true
    }

    /// A packet at the lane's `next`.
    private func sealSmall(_ packet: UnsafeMutableRawBufferPointer, _ header: VirtioNetHeader, now: Instant) {
        guard OffloadedPacket.completeChecksum(header, in: packet) else { return dropInvalid(1) }
        guard let peer = route(packet, now: now), fits(packet, count: packet.count, for: peer, now: now) else { return }
        seal(packet, for: peer, now: now) { lane.take($0) }
    }

    /// A packet that is to be cut into segments.
    private func sealLarge(_ packet: UnsafeMutableRawBufferPointer, _ header: VirtioNetHeader, now: Instant) {
        guard let large = try? OffloadedPacket(header, UnsafeRawBufferPointer(packet)) else { return dropInvalid(1) }
        guard let peer = route(packet, packets: large.segmentCount, now: now),
            fits(packet, count: large.count(ofSegment: 0), for: peer, now: now)
        else { return }
        switch device.beginSealing(large.segmentCount, for: peer, now: now) {
        case .session(var run):
            for index in 0..<large.segmentCount {
                if !lane.hasRoom { transmit() }
                let start = lane.next
                let datagram = lane.sealer.add(start, count: large.writeSegment(index, to: start), to: &run)
                lane.take(datagram.count)
                enqueue(datagram, run.path, peer)
            }
            device.endSealing(run, now: now)
            countSent(large.segmentCount, bytes: packet.count)
        case .noSession:
            for index in 0..<large.segmentCount {
                let count = large.writeSegment(index, to: lane.next)
                keep(UnsafeMutableRawBufferPointer(start: lane.next, count: count), for: peer, now: now)
            }
        case .dropped(let reason): drop(large.segmentCount, reason)
        }
    }

    /// The peer that a packet of this machine's goes to; `nil` when it goes nowhere, and was counted.
    private func route(_ packet: UnsafeMutableRawBufferPointer, packets: Int = 1, now: Instant) -> PeerID? {
        guard let destination = Self.destination(of: packet), local.covers(Self.source(of: packet)) else {
            dropInvalid(packets)
            return nil
        }
        guard let peer = device.lookup(destination) else {
            counters.droppedNoPeer += UInt64(packets)
            return nil
        }
        return passes(packet, from: .local, packets: packets, now: now) ? peer : nil
    }

    /// Encrypts a packet that has passed everything else, where it lies: with `Device.headroom` bytes before it and enough
    /// after it. `took` is told how many bytes from the headroom on are in use until they are sent.
    func seal(_ packet: UnsafeMutableRawBufferPointer, for peer: PeerID, now: Instant, took: (Int) -> Void) {
        guard let start = packet.baseAddress else { return }
        switch device.beginSealing(1, for: peer, now: now) {
        case .session(var run):
            let datagram = lane.sealer.add(start, count: packet.count, to: &run)
            took(datagram.count)
            enqueue(datagram, run.path, peer)
            device.endSealing(run, now: now)
            countSent(1, bytes: packet.count)
        case .noSession: keep(packet, for: peer, now: now)
        case .dropped(let reason): drop(1, reason)
        }
    }

    private func enqueue(_ datagram: UnsafeMutableRawBufferPointer, _ path: Path, _ peer: PeerID) {
        guard let start = datagram.baseAddress else { return }
        let local = path.source.map { LocalAddress($0.address, interface: $0.interface) }
        let tag = UInt64(peer.index) << 32 | UInt64(peer.generation)
        lane.queue.append(start, count: datagram.count, to: path.endpoint, from: local, tag: tag)
    }

    /// Has a packet wait for a session.
    private func keep(_ packet: UnsafeMutableRawBufferPointer, for peer: PeerID, now: Instant) {
        switch device.enqueue(UnsafeRawBufferPointer(packet), for: peer, now: now) {
        case .datagram, .queued: countSent(1, bytes: packet.count)
        case .dropped(let reason): drop(1, reason)
        }
    }

    // MARK: Counting

    private func countSent(_ packets: Int, bytes: Int) {
        counters.sentPackets += UInt64(packets)
        counters.sentBytes += UInt64(bytes)
    }

    private func drop(_ packets: Int, _ reason: WireGuard.DropReason) {
        switch reason {
        case .noEndpoint, .noPrivateKey, .noSuchPeer: counters.droppedNoPeer += UInt64(packets)
        default: dropInvalid(packets)
        }
    }

    func dropInvalid(_ packets: Int) {
        counters.droppedInvalid += UInt64(packets)
    }

    // MARK: Looking at packets

    func passes(
        _ packet: UnsafeMutableRawBufferPointer, from origin: PacketOrigin, packets: Int = 1, now: Instant
    ) -> Bool {
        guard filter != nil else { return true }
        switch filter?.check(UnsafeRawBufferPointer(packet), from: origin, at: now.wholeSeconds) {
        case .pass, nil: return true
        case .drop(.fault): dropInvalid(packets)
        case .drop: counters.droppedByPolicy += UInt64(packets)
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
    private static func source(of packet: UnsafeMutableRawBufferPointer) -> IPAddress? {
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
}
