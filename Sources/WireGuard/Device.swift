package import AEAD
internal import Addressing
package import Tunneling

/// A WireGuard interface without its I/O: datagrams, packets and the time go in; datagrams, packets and a deadline come out.
///
/// One thread owns a device. Other threads move data packets through it by lanes of their own, `makeLane`; all else is the
/// owner's. After `receive`, `seal`, `advance` and the configuring calls, send what
/// `takeOutbox` gives, and call `advance` when `nextDeadline` has come. `now` must never go back.
///
/// Data packets are sealed and opened where they lie, without an allocation: many at once by a `DataLane`, one at a time by
/// `seal` and `receive`. Messages are those of the paper
/// "WireGuard: Next Generation Kernel Network Tunnel", §5; timers those of §6, as Linux and wireguard-go have them.
package final class Device {
    /// Bytes that `seal` needs before a packet.
    package static let headroom = DataHeader.count
    /// Bytes that `seal` needs after a packet: padding and tag.
    package static let tailroom = Constants.paddingMultiple - 1 + DataHeader.tagCount
    /// Bytes of packets that may wait for sessions, of all peers together.
    static let maximumPendingBytes = 32 << 20

    /// Makes `isUnderLoad` true: for an I/O layer whose queues are long.
    package var forcesCookies = false

    let environment: Environment
    let engine: AEADEngine
    /// For messages that come one by one.
    let opener: DataOpener
    var identity: Identity?
    let tables: DeviceTables
    /// The owner's way for data packets.
    package private(set) lazy var ownLane = DataLane(of: self, .own)
    /// Of lanes of other threads.
    var laneReports: [LaneReports] = []
    /// Lanes, by index, and how many of their news have been taken up but not settled.
    var unsettledReports: [(lane: Int, count: Int)] = []
    /// When lanes are to be asked again.
    var nextReports: Instant?
    /// Peers of whom packets waited, and wait no more: other lanes may send to them once the packets have been sent.
    var letGo: [PeerID] = []
    /// By index, of the peer that comes next there.
    var generations: ContiguousArray<UInt32> = []
    var freeIndices: [UInt32] = []
    var peersByKey: [PublicKey: Peer] = [:]
    var timerWheel = TimerWheel()
    var outbox: [Outgoing] = []
    var load = LoadMeter()
    var backlog = HandshakeBacklog()
    var handshakeBudget = WorkBudget(percent: Constants.handshakePercent, saved: Constants.handshakesSaved)
    var cookieBudget = WorkBudget(percent: Constants.cookiePercent, saved: Constants.handshakesSaved)
    package internal(set) var handshakeWork = HandshakeWork()
    var sourceLimiter = SourceLimiter()
    var pendingBytes = 0
    /// Spreads timers; guards no secret.
    var jitterState: UInt64 = 0

    /// - Parameter engine: of the thread that owns the device.
    package init(environment: Environment, engine: AEADEngine = AEADEngine(), mtu: Int = 1420) {
        self.environment = environment
        self.engine = engine
        tables = DeviceTables(mtu: mtu)
        opener = DataOpener(engine: engine)
        jitterState = UInt64(randomWord())
    }

    /// The tunnel interface's MTU: padding does not take a packet past it.
    package var mtu: Int {
        get { tables.mtu.load(ordering: .relaxed) }
        set { tables.mtu.store(newValue, ordering: .relaxed) }
    }

    /// Nothing is sent or taken while it is down. A device starts up; see `goUp` and `goDown`.
    package var isUp: Bool { tables.isUp.load(ordering: .relaxed) }

    // MARK: What the device wants to be done

    /// Datagrams to send, oldest first; the outbox is empty afterwards.
    package func takeOutbox() -> [Outgoing] {
        defer { outbox = [] }
        return outbox
    }

    package var isOutboxEmpty: Bool { outbox.isEmpty }

    /// When `advance` is to be called next; `nil`: no timer runs. In the past: now, after what else there is to do.
    package var nextDeadline: Instant? {
        let timer = timerWheel.next { [peers] in peers[Int($0)]?.timers.earliest ?? .never }
        let handshakes = isUp && !backlog.isEmpty ? handshakeBudget.nextTime : nil
        return [timer, handshakes, nextReports].lazy.compactMap { $0 }.min()
    }

    /// Whether handshakes wait for their share of the time.
    package var hasBacklog: Bool { !backlog.isEmpty }

    /// Whether handshakes wait that an I/O layer with nothing else to do should give its time to, by `advance(to:isIdle:)`, instead of
    /// waiting for `nextDeadline`. In a flood they keep to their share all the same.
    package func wantsIdleTime(at now: Instant) -> Bool { isUp && !backlog.isEmpty && !isUnderLoad(at: now) }

    /// Whether senders of handshakes must prove their addresses now.
    package func isUnderLoad(at now: Instant) -> Bool { forcesCookies || load.isLoaded(at: now) }

    // MARK: Peers

    var peers: ContiguousArray<Peer?> { tables.peers }

    @inline(__always)
    subscript(id: PeerID) -> Peer? { tables[id] }

    func randomWord() -> UInt32 {
        var word: UInt32 = 0
        withUnsafeMutableBytes(of: &word) { environment.random($0) }
        return word
    }
}
