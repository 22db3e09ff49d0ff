internal import Addressing
internal import Forwarding
internal import IPsec
internal import PacketIO
internal import Tunneling

/// Single packets to one peer by ESP, until they are sent.
struct OpenESPRun {
    var run: ESPRun
    let peer: UInt32
    /// Of the packets, with the SA's selectors.
    var check = SelectorCheck()
}

// The same way as WireGuard's packets take, with ESP around them.
extension TunnelLane {
    /// Bytes before a packet that are free in any buffer that it may lie in.
    private static let headroom = 16

    // MARK: Out

    func sealESP(_ packet: UnsafeMutableRawBufferPointer, in place: Place, for number: UInt32) {
        if var open = espRun(for: number, packet) { seal(packet, in: place, by: &open) }
    }

    private func seal(_ packet: UnsafeMutableRawBufferPointer, in place: Place, by open: inout OpenESPRun) {
        guard let base = packet.baseAddress else { return }
        let sealer = bench.espBench().sealer
        let format = open.run.sa.format
        let datagram: UnsafeMutableRawBufferPointer
        if format.headerCount <= Self.headroom, case .datagram(let room) = place,
            open.run.sealedCount(packet.count) <= room
        {
            datagram = sealer.add(base, count: packet.count, to: &open.run)
        } else {
            let start = start(of: format)
            if start != base { start.copyMemory(from: base, byteCount: packet.count) }
            datagram = sealer.add(start, count: packet.count, to: &open.run)
            bench.take(datagram.count)
        }
        enqueue(datagram, open.run)
        countSent(1, bytes: packet.count)
        openESPRun = open
    }

    /// A large packet, cut into segments.
    func sealESP(_ large: OffloadedPacket, _ packet: UnsafeMutableRawBufferPointer, for number: UInt32) {
        closeRun()
        let count = large.segmentCount
        guard let peer = espPeer(number, packets: count) else { return }
        let sa: OutboundSA
        switch peer.way(of: UnsafeRawBufferPointer(packet)) {
        case .by(let found): sa = found
        case .none: return dropInvalid(count)
        case .wait:
            for index in 0..<count {
                let segment = UnsafeRawBufferPointer(
                    start: bench.next, count: large.writeSegment(index, to: bench.next))
                keep(segment, for: peer)
            }
            return
        }
        guard var run = sa.beginSealing(count) else { return dropInvalid(count) }
        let sealer = bench.espBench().sealer
        for index in 0..<count {
            if !bench.hasRoom { transmit() }
            let start = start(of: sa.format)
            let datagram = sealer.add(start, count: large.writeSegment(index, to: start), to: &run)
            bench.take(datagram.count)
            enqueue(datagram, run)
        }
        sa.endSealing(run)
        countSent(count, bytes: packet.count)
    }

    /// Where a packet goes in the arena, so that its datagram begins where the one before ends.
    private func start(of format: ESPFormat) -> UnsafeMutableRawPointer {
        bench.next + (format.headerCount - Self.headroom)
    }

    /// The run that is open, if the packet can go by it, or one that is begun for it; `nil` when there is none, which was counted.
    ///
    /// - Parameter hasWaited: the packet is one of those that others wait behind.
    private func espRun(
        for number: UInt32, _ packet: UnsafeMutableRawBufferPointer, hasWaited: Bool = false
    ) -> OpenESPRun? {
        if var open = openESPRun, open.peer == number, !open.run.isFull,
            open.check.admits(packet, by: open.run.sa.selectors)
        {
            return open
        }
        closeRun()
        guard let peer = espPeer(number, packets: 1) else { return nil }
        switch peer.way(of: UnsafeRawBufferPointer(packet), hasWaited: hasWaited) {
        case .by(let sa):
            if let run = sa.beginSealing(Self.packetsOfRun) { return OpenESPRun(run: run, peer: number) }
            dropInvalid(1)
        case .none: dropInvalid(1)
        case .wait: keep(UnsafeRawBufferPointer(packet), for: peer)
        }
        return nil
    }

    /// `nil` when there is none, which was counted.
    private func espPeer(_ number: UInt32, packets: Int) -> IPsecPeer? {
        if let peer = settings.ipsec?.routes.peer(number) { return peer }
        counters.droppedNoPeer += UInt64(packets)
        return nil
    }

    /// Has a packet wait for an SA. It counts as sent when it is.
    private func keep(_ packet: UnsafeRawBufferPointer, for peer: IPsecPeer) {
        if !peer.keep(packet, now: now) { counters.droppedNoPeer += 1 }
    }

    /// How often a lane looks for more of what waits: other lanes may add to it all the time.
    private static let roundsOfWaiting = 16

    /// Sends what has waited for an SA of a peer, before what comes now.
    func sendWaiting(of number: UInt32) {
        work(at: .now) {
            guard let peer = settings.ipsec?.routes.peer(number) else { return }
            for _ in 0..<Self.roundsOfWaiting {
                let packets = peer.takeWaiting()
                guard !packets.isEmpty else { return }
                for packet in packets { sendLate(packet, to: peer) }
                transmit()
            }
            peer.endRelease()
        }
    }

    private func sendLate(_ packet: [UInt8], to peer: IPsecPeer) {
        if !bench.hasRoom { transmit() }
        let copy = UnsafeMutableRawBufferPointer(start: bench.next, count: packet.count)
        copy.copyBytes(from: packet)
        if var open = espRun(for: peer.number, copy, hasWaited: true) { seal(copy, in: .arena, by: &open) }
    }

    private func enqueue(_ datagram: UnsafeMutableRawBufferPointer, _ run: ESPRun) {
        guard let start = datagram.baseAddress else { return }
        bench.espBench().queue.append(
            start, count: datagram.count, to: run.path.endpoint, from: run.path.localAddress,
            tag: UInt64(run.sa.inboundSPI) << 32 | UInt64(run.sa.spi))
    }

    /// Encrypts what waits for it, and sends it.
    func transmitESP(_ esp: ESPBench) {
        esp.sealer.sealAll()
        defer { esp.queue.removeAll() }
        guard settings.sockets != nil, let ipsec = settings.ipsec else { return }
        send(esp.queue, by: ipsec.sockets) { gone in
            for peer in ipsec.routes.all { peer.forgetSources { $0 == gone } }
        }
        while let refusal = ipsec.sockets.takeRefusal() { notify(.segmentationRefused(refusal)) }
    }

    /// The longest packet that fits a datagram to a peer; `nil` while there is no SA to it.
    func longestESPPacket(to number: UInt32) -> Int? {
        guard let sa = settings.ipsec?.routes.peer(number)?.newest else { return nil }
        return sa.format.longestPacket(in: UDPSockets.longestDatagram(sa.path.endpoint.address.family))
    }

    // MARK: In

    /// Takes packets that were decrypted, of SAs of this interface.
    ///
    /// - Parameter tell: what IKE wants to know of each SA.
    func receive(
        _ runs: Range<Int>, of opener: ESPOpener, now: Instant, tell: (InboundSA, Path, ESPNews) -> Void
    ) {
        work(at: now) {
            for run in runs {
                let peer = TunnelPeer.ipsec(opener.sa(of: run).peer)
                var source = ESPSourceCheck()
                let news = opener.finish(run, now: now) { opened in
                    switch opened {
                    case .packet(let packet, let room):
                        guard settings.sockets != nil, source.belongs(packet, to: peer, self) else {
                            return dropInvalid(1)
                        }
                        deliver(packet, room: room, from: peer)
                    case .dummy: break
                    case .dropped: dropInvalid(1)
                    }
                }
                if !news.isEmpty { tell(opener.sa(of: run), opener.path(of: run), news) }
            }
            deliverMerged()
            transmit()
        }
    }
}

/// Whether packets come from a peer's allowed IPs, which of all peers' hold their sources most specifically; the last one is
/// remembered, as most come in rows.
private struct ESPSourceCheck {
    private var last: IPAddress?

    @inline(__always)
    mutating func belongs(
        _ packet: UnsafeMutableRawBufferPointer, to peer: TunnelPeer, _ lane: TunnelLane
    ) -> Bool {
        guard let source = TunnelLane.source(of: packet) else { return false }
        if source == last { return true }
        guard lane.lookup(source) == peer else { return false }
        last = source
        return true
    }
}
