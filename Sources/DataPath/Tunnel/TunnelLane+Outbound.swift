internal import Addressing
internal import Forwarding
internal import PacketIO
internal import Tunneling
internal import WireGuard

// TUN → filter → longest prefix → cut into segments → encrypt where they lie → UDP.
extension TunnelLane {
    /// Packets that are read at one event, large ones included; then it is the others' turn.
    private static let packetsAtOnce = 128

    func moveOutbound() {
        do {
            for _ in 0..<Self.packetsAtOnce {
                guard try readOutbound() else { break }
                if bench.isWellFilled || !bench.hasRoom { transmit() }
            }
        } catch {
            linkError = error
        }
        transmit()
    }

    /// Takes one packet from the kernel, to where it is to go. Returns false when there was none.
    private func readOutbound() throws(IOError) -> Bool {
        // Large packets come in rows: one that is cut is read aside, any other to where it is encrypted.
        let isAside = expectsLarge
        let target = isAside ? bench.large.base : bench.next
        var header = VirtioNetHeader()
        let count = try tun.read(
            into: UnsafeMutableRawBufferPointer(start: target, count: TUNDevice.longestPacket), header: &header)
        guard count > 0 else { return false }
        bench.noteMoved(count)
        expectsLarge = header.type.kind != .none
        if expectsLarge != isAside {
            let elsewhere = isAside ? bench.next : bench.large.base
            elsewhere.copyMemory(from: target, byteCount: count)
        }
        if expectsLarge {
            sealLarge(UnsafeMutableRawBufferPointer(start: bench.large.base, count: count), header)
        } else {
            sealSmall(UnsafeMutableRawBufferPointer(start: bench.next, count: count), header)
        }
        return true
    }

    /// A packet at the lane's `next`.
    private func sealSmall(_ packet: UnsafeMutableRawBufferPointer, _ header: VirtioNetHeader) {
        guard OffloadedPacket.completeChecksum(header, in: packet) else { return dropInvalid(1) }
        guard let peer = route(packet), fits(packet, count: packet.count, for: peer) else { return }
        seal(packet, in: .arena, for: peer)
    }

    /// A packet that is to be cut into segments.
    private func sealLarge(_ packet: UnsafeMutableRawBufferPointer, _ header: VirtioNetHeader) {
        guard let large = try? OffloadedPacket(header, UnsafeRawBufferPointer(packet)) else { return dropInvalid(1) }
        guard let peer = route(packet, packets: large.segmentCount),
            fits(packet, count: large.count(ofSegment: 0), for: peer)
        else { return }
        switch peer {
        case .wireGuard(let id): seal(large, packet, for: id)
        case .ipsec(let number): sealESP(large, packet, for: number)
        }
    }

    private func seal(_ large: OffloadedPacket, _ packet: UnsafeMutableRawBufferPointer, for peer: PeerID) {
        closeRun()
        switch data.beginSealing(large.segmentCount, for: peer, now: now) {
        case .session(var run):
            for index in 0..<large.segmentCount {
                if !bench.hasRoom { transmit() }
                let start = bench.next
                let datagram = bench.sealer.add(start, count: large.writeSegment(index, to: start), to: &run)
                bench.take(datagram.count)
                enqueue(datagram, run.path, peer)
            }
            data.endSealing(run, now: now)
            countSent(large.segmentCount, bytes: packet.count)
        case .noSession:
            for index in 0..<large.segmentCount {
                let count = large.writeSegment(index, to: bench.next)
                keep(UnsafeMutableRawBufferPointer(start: bench.next, count: count), for: peer)
            }
        case .dropped(let reason): drop(large.segmentCount, reason)
        }
    }

    /// The peer that a packet of this machine's goes to; `nil` when it goes nowhere, and was counted.
    private func route(_ packet: UnsafeMutableRawBufferPointer, packets: Int = 1) -> TunnelPeer? {
        guard let destination = Self.destination(of: packet), settings.local.covers(Self.source(of: packet)) else {
            dropInvalid(packets)
            return nil
        }
        guard let peer = lookup(destination) else {
            counters.droppedNoPeer += UInt64(packets)
            return nil
        }
        return passes(packet, from: .local, packets: packets) ? peer : nil
    }

    /// The peer whose allowed IPs hold the address most specifically; of both protocols' with the same prefix, the one by IPsec.
    @inline(__always)
    func lookup(_ address: IPAddress) -> TunnelPeer? {
        guard let ipsec = settings.ipsec else { return data.lookup(address).map { .wireGuard($0) } }
        guard let match = ipsec.routes.allowedIPs.match(address) else {
            return data.lookup(address).map { .wireGuard($0) }
        }
        if let other = data.match(address), other.length > match.length { return .wireGuard(other.peer) }
        return .ipsec(match.owner)
    }

    func enqueue(_ datagram: UnsafeMutableRawBufferPointer, _ path: Path, _ peer: PeerID) {
        guard let start = datagram.baseAddress else { return }
        let tag = UInt64(peer.index) << 32 | UInt64(peer.generation)
        bench.queue.append(start, count: datagram.count, to: path.endpoint, from: path.localAddress, tag: tag)
    }

    /// Has a packet wait for a session.
    func keep(_ packet: UnsafeMutableRawBufferPointer, for peer: PeerID) {
        switch data.enqueue(UnsafeRawBufferPointer(packet), for: peer, now: now) {
        case .datagram, .queued: countSent(1, bytes: packet.count)
        case .dropped(let reason): drop(1, reason)
        }
    }

    // MARK: Counting

    func countSent(_ packets: Int, bytes: Int) {
        counters.sentPackets += UInt64(packets)
        counters.sentBytes += UInt64(bytes)
    }

    func drop(_ packets: Int, _ reason: WireGuard.DropReason) {
        switch reason {
        case .noEndpoint, .noPrivateKey, .noSuchPeer: counters.droppedNoPeer += UInt64(packets)
        default: dropInvalid(packets)
        }
    }

    func dropInvalid(_ packets: Int) {
        counters.droppedInvalid += UInt64(packets)
    }

    // MARK: Looking at packets

    func passes(_ packet: UnsafeMutableRawBufferPointer, from origin: PacketOrigin, packets: Int = 1) -> Bool {
        guard let filter = settings.filter else { return true }
        let verdict = flowCache.check(UnsafeRawBufferPointer(packet), from: origin, at: now.wholeSeconds, by: filter)
        switch verdict {
        case .pass: return true
        case .drop(.fault): dropInvalid(packets)
        case .drop: counters.droppedByPolicy += UInt64(packets)
        }
        return false
    }

    /// `nil` for what is too short or no IP packet.
    static func destination(of packet: UnsafeMutableRawBufferPointer) -> IPAddress? {
        address(in: packet, v4Offset: 16, v6Offset: 24)
    }

    static func source(of packet: UnsafeMutableRawBufferPointer) -> IPAddress? {
        address(in: packet, v4Offset: 12, v6Offset: 8)
    }

    @inline(__always)
    private static func address(
        in packet: UnsafeMutableRawBufferPointer, v4Offset: Int, v6Offset: Int
    ) -> IPAddress? {
        guard let first = packet.first else { return nil }
        switch first >> 4 {
        case 4 where packet.count >= 20:
            return IPAddress(v4: UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: v4Offset, as: UInt32.self)))
        case 6 where packet.count >= 40:
            return IPAddress(v6: UInt128(bigEndian: packet.loadUnaligned(fromByteOffset: v6Offset, as: UInt128.self)))
        default:
            return nil
        }
    }
}
