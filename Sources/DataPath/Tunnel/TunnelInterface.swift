internal import Addressing
internal import Forwarding
internal import OpenSSL
package import PacketIO
package import WireGuard

/// One interface: a TUN device, a UDP port, a WireGuard device, and a filter where a policy is in force. Confined to the
/// thread of the worker that owns it. Nothing of it is shared with another interface, so packets cannot stray into one.
///
///     down ──kernel says up──▶ up: UDP sockets open, packets move
///      ▲                        │
///      └──kernel says down──────┘    either ──device deleted──▶ gone
package final class TunnelInterface {
    let id: UInt64
    let tun: TUNDevice
    let poller: Poller
    let lane: PacketLane
    /// `nil` for a device that takes no large packets.
    let merger: PacketMerger?
    package let device: Device

    /// `nil` while the interface is down, or when the port could not be had.
    var sockets: UDPSockets?
    /// As it was asked for; 0: any.
    var configuredPort: UInt16 = 0
    var mark: UInt32 = 0
    var isUp = false
    private(set) var isGone = false
    /// Whether packets from one peer to another turn round here instead of going through the kernel.
    package var forwards = false
    /// What this machine stands for; empty: anything.
    package var local = LocalScope()
    var filter: PacketFilter?
    /// Whether the last packet of the kernel's was a large one.
    var expectsLarge = false
    /// Answers to packets that are too long.
    var answerLimit = AnswerLimit()
    package internal(set) var counters = InterfaceCounters()

    /// When the filter last gave up what had timed out, in seconds.
    var lastExpiry: UInt32 = 0
    /// In another network namespace nobody tells of changes: then the device is asked, at this time again.
    var nextLinkCheck: Instant?
    let notify: @Sendable (TunnelEvent) -> Void

    init(
        id: UInt64, tun: TUNDevice, mtu: Int, worker: WorkerLoop, notify: @escaping @Sendable (TunnelEvent) -> Void
    ) throws(IOError) {
        self.id = id
        self.tun = tun
        self.notify = notify
        poller = worker.poller
        lane = worker.lane
        merger = lane.merger(for: tun.offload)
        device = Device(environment: .system, engine: lane.engine, mtu: mtu)
        device.goDown()
        try poller.add(tun.descriptor, token: token(.tun), writable: true)
    }

    func close() {
        poller.remove(tun.descriptor)
        closeSockets()
    }

    // MARK: Events

    enum Source: UInt64 {
        case tun, udp4, udp6
    }

    func token(_ source: Source) -> UInt64 {
        id << 2 | source.rawValue
    }

    static func source(of token: UInt64) -> (id: UInt64, source: Source)? {
        Source(rawValue: token & 3).map { (token >> 2, $0) }
    }

    func handle(_ event: Poller.Event, on source: Source, now: Instant) {
        switch source {
        case .tun:
            if event.isWritable, !isUp { checkLink(now: now) }
            if event.isReadable || event.isClosed { moveOutbound(now: now) }
        case .udp4: moveInbound(.v4, now: now)
        case .udp6: moveInbound(.v6, now: now)
        }
    }

    /// Whenever timers are to run next.
    var nextDeadline: Instant? {
        guard isUp else { return nextLinkCheck }
        guard let protocolDeadline = device.nextDeadline else { return nextLinkCheck }
        return nextLinkCheck.map { min($0, protocolDeadline) } ?? protocolDeadline
    }

    /// - Parameter isIdle: the worker has nothing else to do.
    func advance(to now: Instant, isIdle: Bool) {
        if let check = nextLinkCheck, check <= now { checkLink(now: now) }
        guard isUp else { return }
        device.advance(to: now, isIdle: isIdle)
        flushOutbox()
    }

    /// The TUN device has been deleted.
    func declareGone() {
        guard !isGone else { return }
        isGone = true
        notify(.gone)
    }

    /// Lets the filter forget what has timed out, once a second at most, and only while packets come anyway.
    func expireFlows(now: Instant) {
        guard now.wholeSeconds != lastExpiry else { return }
        lastExpiry = now.wholeSeconds
        filter?.expire(at: now.wholeSeconds)
    }
}

/// What a worker tells of an interface on its own.
package enum TunnelEvent: Sendable {
    case gone
    case up(port: UInt16)
    case down
    case portFailed(IOError)
    /// The kernel does not cut large pieces into datagrams; why.
    case segmentationRefused(String)
}

extension Environment {
    static let system = Environment(
        random: { SecureRandom.fill($0) },
        wallTime: {
            let nanoseconds = wallClockNanoseconds()
            return WallTime(
                seconds: Int64(nanoseconds / 1_000_000_000), nanoseconds: UInt32(nanoseconds % 1_000_000_000))
        },
        workClock: { Instant(nanoseconds: threadTimeNanoseconds()) })
}
