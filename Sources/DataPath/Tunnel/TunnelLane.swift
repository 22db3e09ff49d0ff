internal import Addressing
internal import Forwarding
internal import OpenSSL
internal import PacketIO
internal import Tunneling
internal import WireGuard

/// One worker's part of an interface: a queue of the TUN device, a UDP socket, and the way through the WireGuard device or an
/// SA between the two. Confined to the worker's thread.
package final class TunnelLane {
    let id: UInt64
    let link: LaneLink
    let bench: Workbench
    let data: DataLane
    /// `nil` for a device that takes no large packets.
    let merger: PacketMerger?

    /// In force during an event.
    private(set) var settings = LaneSettings.none
    private(set) var now = Instant.now
    var flowCache: FlowCache
    /// Whether the last packet of the kernel's was a large one.
    var expectsLarge = false
    /// Answers to packets that are too long.
    var answerLimit = AnswerLimit()
    /// Of single packets to one peer, until they are sent.
    private var openRun: SealingRun?
    var openESPRun: OpenESPRun?
    var counters = InterfaceCounters()
    /// The last one of this event.
    var linkError: IOError?
    let notify: @Sendable (TunnelEvent) -> Void

    init(
        id: UInt64, _ link: LaneLink, _ data: DataLane, bench: Workbench,
        notify: @escaping @Sendable (TunnelEvent) -> Void
    ) {
        self.id = id
        self.link = link
        self.data = data
        self.bench = bench
        self.notify = notify
        merger = bench.merger(for: link.tun.offload)
        flowCache = FlowCache(hashKey: SecureRandom.hashKey())
    }

    var tun: TUNDevice { link.tun }

    // MARK: Events

    enum Source: UInt64 {
        case tun, udp4, udp6
    }

    static func token(_ id: UInt64, _ source: Source) -> UInt64 {
        id << 2 | source.rawValue
    }

    static func source(of token: UInt64) -> (id: UInt64, source: Source)? {
        Source(rawValue: token & 3).map { (token >> 2, $0) }
    }

    /// Moves what is there. Throws what the TUN device answered when it is down or gone.
    func handle(_ event: Poller.Event, on source: Source, now: Instant) throws(IOError) {
        work(at: now) {
            switch source {
            case .tun: if event.isReadable || event.isClosed { moveOutbound() }
            case .udp4: moveInbound(.v4)
            case .udp6: moveInbound(.v6)
            }
        }
        if let error = linkError {
            linkError = nil
            throw error
        }
    }

    /// Sends what the WireGuard device made on its own.
    func flushOutbox() {
        guard !data.isOutboxEmpty else { return }
        work(at: .now) { transmit() }
    }

    func work(at now: Instant, _ body: () -> Void) {
        link.withSettings { settings in
            self.settings = settings
            self.now = now
            body()
            // No reference stays behind that would keep a port open.
            self.settings = .none
        }
        link.counters = counters
    }

    // MARK: Runs of single packets

    /// Counters that are taken at a time. What is not used of them is lost, of 2^64.
    static let packetsOfRun = 16

    /// Where a packet lies that is to be encrypted, with `Device.headroom` bytes before it.
    enum Place {
        /// At the workbench's `next`, with enough room after it.
        case arena
        /// In the datagram that it came in, with so many bytes from its beginning that may be written to.
        case datagram(room: Int)
    }

    /// Encrypts a packet that has passed everything else, where it lies if there is room for its padding and tag.
    func seal(_ packet: UnsafeMutableRawBufferPointer, in place: Place, for peer: TunnelPeer) {
        switch peer {
        case .wireGuard(let id): seal(packet, in: place, for: id)
        case .ipsec(let number): sealESP(packet, in: place, for: number)
        }
    }

    private func seal(_ packet: UnsafeMutableRawBufferPointer, in place: Place, for peer: PeerID) {
        guard let base = packet.baseAddress else { return }
        var run: SealingRun
        if let openRun, openRun.peerID == peer, !openRun.isFull {
            run = openRun
        } else {
            closeRun()
            switch data.beginSealing(Self.packetsOfRun, for: peer, now: now) {
            case .session(let begun): run = begun
            case .noSession: return keep(packet, for: peer)
            case .dropped(let reason): return drop(1, reason)
            }
        }
        let datagram: UnsafeMutableRawBufferPointer
        if case .datagram(let room) = place, run.sealedCount(packet.count) <= room {
            datagram = bench.sealer.add(base, count: packet.count, to: &run)
        } else {
            // The sender may have padded less than we do, and the next datagram begins right after.
            if case .datagram = place { bench.next.copyMemory(from: base, byteCount: packet.count) }
            datagram = bench.sealer.add(bench.next, count: packet.count, to: &run)
            bench.take(datagram.count)
        }
        enqueue(datagram, run.path, peer)
        countSent(1, bytes: packet.count)
        openRun = run
    }

    /// Has the packets of the runs that are open counted.
    func closeRun() {
        if let open = openESPRun {
            openESPRun = nil
            open.run.sa.endSealing(open.run)
        }
        guard let run = openRun else { return }
        openRun = nil
        data.endSealing(run, now: now)
    }
}
