internal import Forwarding
internal import PacketIO
internal import Synchronization

/// How an interface wants its lanes to work.
final class LaneSettings: Sendable {
    /// Of each lane its own; `nil` while the interface is down, or when the port could not be had.
    let sockets: UDPSockets?
    /// Whether packets from one peer to another turn round here instead of going through the kernel.
    let forwards: Bool
    /// What this machine stands for; empty: anything.
    let local: LocalScope
    let filter: SharedFilter?
    /// `nil` where there are no peers by IPsec.
    let ipsec: LaneIPsec?

    static let none = LaneSettings(sockets: nil, forwards: false, local: LocalScope(), filter: nil, ipsec: nil)

    init(sockets: UDPSockets?, forwards: Bool, local: LocalScope, filter: SharedFilter?, ipsec: LaneIPsec?) {
        self.sockets = sockets
        self.forwards = forwards
        self.local = local
        self.filter = filter
        self.ipsec = ipsec
    }
}

/// Peers by IPsec, and what a lane's datagrams to them leave by.
struct LaneIPsec: Sendable {
    let routes: IPsecRoutes
    let sockets: UDPSockets

    /// - Parameter lane: the lane's number.
    init?(_ routes: IPsecRoutes?, lane: Int) {
        guard let routes, !routes.sockets.isEmpty else { return nil }
        self.routes = routes
        sockets = routes.sockets[lane % routes.sockets.count]
    }
}

/// What an interface and one of its lanes share, which may be on two threads.
final class LaneLink: Sendable {
    /// The lane's queue of the TUN device, and who watches it.
    let tun: TUNDevice
    let poller: Poller
    private let settings = Mutex(LaneSettings.none)
    private let published = Mutex(InterfaceCounters())

    init(tun: TUNDevice, poller: Poller) {
        self.tun = tun
        self.poller = poller
    }

    /// Has the lane work so from now on. Waits until it has done with what it does at the moment by the former settings.
    func set(_ new: LaneSettings) {
        settings.withLock { $0 = new }
    }

    /// Does the lane's work of one event, by settings that stay the same.
    func withSettings<Result>(_ work: (LaneSettings) -> Result) -> Result {
        settings.withLock { work($0) }
    }

    /// Of the lane, as they were after its last event.
    var counters: InterfaceCounters {
        get { published.withLock { $0 } }
        set { published.withLock { $0 = newValue } }
    }
}
