package import Tunneling

/// IKEv2 (RFC 7296) for all connections of a process, without its I/O: datagrams and the time go in; datagrams, events and a
/// deadline come out.
///
/// One thread owns a host. After each call, act on what `takeEvents` gives, then send what `takeOutbox` gives, and call `advance`
/// when `nextDeadline` has come. `now` must never go back. A Diffie-Hellman exchange or a signature takes up to some milliseconds:
/// the thread should have nothing else to do that is urgent.
package final class IKEHost {
    let environment: Environment
    let settings: HostSettings
    var records: [ConnectionID: ConnectionRecord] = [:]
    /// By our SPI.
    var sas: [UInt64: IKESA] = [:]
    var halfOpen = HalfOpenTable()
    /// Of CHILD SAs, by inbound SPI.
    var inbound: [UInt32: Session] = [:]
    /// Inbound SPIs that are offered to peers.
    var reserved: Set<UInt32> = []
    var timers = TimerSlots()
    /// What has to be looked at before the host is left: timers, and requests that wait for their turn.
    var touched: [any Timed] = []
    var outbox: [IKEDatagram] = []
    var events: [HostEvent] = []
    var cookies = CookieMint()
    /// Whether initiators have to prove their addresses now.
    var asksForCookies = false
    var replyBudget = StrangerBudget(perSecond: 50)
    var logBudget = StrangerBudget(perSecond: 5)
    private var knownIndex: ConnectionIndex?

    package init(environment: Environment, settings: HostSettings = HostSettings()) {
        self.environment = environment
        self.settings = settings
    }

    // MARK: What the host wants to be done

    /// Datagrams to send, oldest first; the outbox is empty afterwards.
    package func takeOutbox() -> [IKEDatagram] {
        defer { outbox = [] }
        return outbox
    }

    /// To be acted on in their order, before what the outbox has is sent; there are none afterwards.
    package func takeEvents() -> [HostEvent] {
        defer { events = [] }
        return events
    }

    /// When `advance` is to be called next; `nil`: no timer runs.
    package var nextDeadline: Instant? { timers.next }

    /// Whether peers have still to be told that their SAs are over, or to say that they know: the host wants to receive, to send and to
    /// be called at its deadlines until then, also when its last connection is gone. Without a new end it lasts for 8 seconds at most
    /// after `remove`, whatever is lost. Looks at every IKE SA: for the time when there is no connection left.
    package var isFinishing: Bool { sas.values.contains { $0.isTakingLeave } }

    /// IKE SAs of initiators that have not proven who they are.
    package var halfOpenCount: Int { halfOpen.count }

    // MARK: Connections

    var index: ConnectionIndex {
        if let knownIndex { return knownIndex }
        let index = ConnectionIndex(records.values.map(\.connection))
        knownIndex = index
        return index
    }

    /// The connections have changed.
    func forgetIndex() { knownIndex = nil }

    // MARK: Randomness

    func randomBytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { environment.random($0) }
        return bytes
    }

    func random<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number {
        var number: Number = 0
        withUnsafeMutableBytes(of: &number) { environment.random($0) }
        return number
    }

    /// Some time between `span` and nine tenths of it.
    func jittered(_ span: Instant.Span) -> Instant.Span {
        Instant.Span(nanoseconds: span.nanoseconds - span.nanoseconds / 10 / 256 * UInt64(random(UInt8.self)))
    }

    func newNonce() -> Nonce { Nonce(bytes: randomBytes(Nonce.count)) }

    /// An SPI for an IKE SA: not zero, and not in use.
    func newSPI() -> UInt64 {
        while true {
            let spi = random(UInt64.self)
            if spi != 0, sas[spi] == nil { return spi }
        }
    }

    /// An inbound SPI: above those that IANA keeps (RFC 4303 §2.1), and none that makes a packet look like a WireGuard message,
    /// whose first bytes are 1 to 4 and three zeros.
    ///
    /// One that goes into an offer is to be kept in `reserved`.
    func newInboundSPI() -> UInt32 {
        while true {
            let spi = random(UInt32.self)
            if spi > 0xFF, spi & 0x00FF_FFFF != 0, inbound[spi] == nil, !reserved.contains(spi) {
                return spi
            }
        }
    }

    // MARK: Log

    func log(_ level: IKELogLine.Level, _ connection: ConnectionID?, _ path: IKEPath, _ event: IKELogLine.Event) {
        events.append(.log(IKELogLine(level: level, connection: connection, path: path, event: event)))
    }

    /// Something was not what it should be, and nothing came of it. Not many lines a second: a peer that does so does it again.
    func logDropped(
        _ error: MessageError, _ type: ExchangeType?, _ connection: ConnectionID?, _ path: IKEPath, now: Instant
    ) {
        if logBudget.take(at: now) { log(.notice, connection, path, .dropped(type, error)) }
    }

    /// A line that anybody can cause: there are not many of them a second.
    func logStranger(_ path: IKEPath, _ failure: IKEFailure, now: Instant) {
        if logBudget.take(at: now) { log(.notice, nil, path, .failed(failure)) }
    }
}
