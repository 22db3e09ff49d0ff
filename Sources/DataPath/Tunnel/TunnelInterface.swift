internal import Addressing
internal import Forwarding
internal import OpenSSL
package import PacketIO
internal import Tunneling
package import WireGuard

/// One interface: a TUN device, a UDP port, a WireGuard device, and a filter where a policy is in force; and the lanes of all
/// workers, which move its packets. Confined to the thread of its own worker. Nothing of it is shared with another interface, so
/// packets cannot stray into one.
///
///     down ──kernel says up──▶ up: UDP sockets open, packets move
///      ▲                        │
///      └──kernel says down──────┘    either ──device deleted──▶ gone
package final class TunnelInterface {
    let id: UInt64
    let tun: TUNDevice
    let poller: Poller
    package let device: Device
    /// The worker's own.
    let lane: TunnelLane
    /// To all lanes, the own one first.
    let links: [LaneLink]

    /// By lane; empty while the interface is down, or when the port could not be had.
    var sockets: [UDPSockets] = []
    /// As it was asked for; 0: any.
    var configuredPort: UInt16 = 0
    var mark: UInt32 = 0
    var isUp = false
    private(set) var isGone = false
    /// Whether packets from one peer to another turn round here instead of going through the kernel.
    package var forwards = false { didSet { setLanes() } }
    /// What this machine stands for; empty: anything.
    package var local = LocalScope() { didSet { setLanes() } }
    var filter: SharedFilter? { didSet { setLanes() } }
    /// `nil`: there are no peers by IPsec.
    package var ipsec: IPsecRoutes? { didSet { setLanes() } }

    /// In another network namespace nobody tells of changes: then the device is asked, at this time again.
    var nextLinkCheck: Instant?
    let notify: @Sendable (TunnelEvent) -> Void

    init(
        id: UInt64, tun: TUNDevice, mtu: Int, worker: WorkerLoop, others: [LaneLink],
        notify: @escaping @Sendable (TunnelEvent) -> Void
    ) throws(IOError) {
        self.id = id
        self.tun = tun
        self.notify = notify
        poller = worker.poller
        device = Device(environment: .system, engine: worker.bench.engine, mtu: mtu)
        device.goDown()
        let link = LaneLink(tun: tun, poller: poller)
        links = [link] + others
        lane = TunnelLane(id: id, link, device.ownLane, bench: worker.bench, notify: notify)
        try poller.add(tun.descriptor, token: TunnelLane.token(id, .tun), writable: true)
    }

    func close() {
        poller.remove(tun.descriptor)
        closeSockets()
    }

    /// Packets and bytes of all lanes.
    package var counters: InterfaceCounters { links.reduce(InterfaceCounters()) { $0 + $1.counters } }

    /// Has all lanes work by what is set now.
    func setLanes() {
        for (index, link) in links.enumerated() {
            link.set(
                LaneSettings(
                    sockets: index < sockets.count ? sockets[index] : nil, forwards: forwards, local: local,
                    filter: filter, ipsec: LaneIPsec(ipsec, lane: index)))
        }
    }

    // MARK: Events

    func handle(_ event: Poller.Event, on source: TunnelLane.Source, now: Instant) {
        // Packets may come before the news that the interface is up.
        if source == .tun, !isUp { checkLink(now: now) }
        do {
            try lane.handle(event, on: source, now: now)
        } catch {
            linkFailed(error, now: now)
        }
        flushOutbox()
    }

    /// What the device answered to a lane.
    func linkFailed(_ error: IOError, now: Instant) {
        if error.isDeviceGone { declareGone() } else { checkLink(now: now) }
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

    /// Takes up what lanes of other workers have for the device.
    func takeReports(now: Instant) {
        device.takeReports(now: now)
        flushOutbox()
    }

    /// Sends what the WireGuard device made on its own.
    func flushOutbox() {
        lane.flushOutbox()
        device.settleReports()
    }

    /// The TUN device has been deleted.
    func declareGone() {
        guard !isGone else { return }
        isGone = true
        notify(.gone)
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
