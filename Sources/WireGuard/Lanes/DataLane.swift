package import Addressing
package import Tunneling

/// One thread's way through a device: it seals and opens data packets, for which lanes of several threads need nothing of each
/// other, and leaves everything else to the device's own thread.
///
///     own lane:     looks up ▶ seals, opens ▶ device: counters, timers, handshakes, at once
///     other lanes:  looks up through its gate ▶ seals, opens ▶ reports ─▶ `Device.takeReports`, a moment later
///
/// Confined to its thread. Many packets at once go by `beginSealing` and `DataSealer`, `admit` and `openAll`.
package final class DataLane {
    enum Role {
        /// Of the device's thread, which nobody needs to be kept from.
        case own
        case other(Gate, LaneReports)
    }

    let role: Role
    let tables: DeviceTables
    /// Whom the own lane belongs to; other lanes must not touch it.
    private unowned let owner: Device
    /// Peers of whom packets are with the device, each with how many news had been told then: until these are settled, what
    /// comes goes the same way, so that nothing is overtaken.
    var handedOver: [PeerID: UInt64] = [:]
    /// How many news the device was told.
    private var told: UInt64 = 0

    init(of device: Device, _ role: Role) {
        owner = device
        tables = device.tables
        self.role = role
    }

    /// The device, on its own thread; `nil` on any other.
    @inline(__always)
    var device: Device? {
        guard case .own = role else { return nil }
        return owner
    }

    /// Has the look-up not see half a change.
    @inline(__always)
    func reading<Result>(_ body: (DeviceTables) -> Result) -> Result {
        guard case .other(let gate, _) = role else { return body(tables) }
        gate.lock()
        defer { gate.unlock() }
        return body(tables)
    }

    /// Returns false when the device has too much to do.
    @discardableResult
    func tell(_ news: LaneReports.News) -> Bool {
        guard case .other(_, let reports) = role, reports.add(news) else { return false }
        told += 1
        return true
    }

    // MARK: Look-up

    /// The peer whose allowed IPs hold the address most specifically.
    package func lookup(_ destination: IPAddress) -> PeerID? {
        reading { tables in tables.allowedIPs.lookup(destination).flatMap { tables.peers[Int($0)]?.id } }
    }

    /// As above, with the length of the prefix.
    package func match(_ destination: IPAddress) -> (peer: PeerID, length: Int)? {
        reading { tables in
            guard let match = tables.allowedIPs.match(destination), let peer = tables.peers[Int(match.owner)] else {
                return nil
            }
            return (peer.id, match.length)
        }
    }

    /// Where datagrams to the peer go now; `nil` while its endpoint is not known. It changes when the peer roams.
    package func path(of id: PeerID) -> Path? {
        reading { $0[id]?.path }
    }

    var isUp: Bool { tables.isUp.load(ordering: .relaxed) }

    // MARK: The device's part

    /// Datagrams that the device made on its own, oldest first: to be sent before what is sealed from now on. Other lanes have
    /// none.
    package func takeOutbox() -> [Outgoing] { device?.takeOutbox() ?? [] }

    package var isOutboxEmpty: Bool { device?.isOutboxEmpty ?? true }

    /// A local source that the kernel refused to send from.
    package func forget(_ source: LocalSource) {
        if let device { device.forgetSources { $0 == source } } else { tell(.sourceGone(source)) }
    }

    /// Takes a datagram that is no data message.
    package func receive(_ datagram: UnsafeMutableRawBufferPointer, on path: Path, now: Instant) -> Received {
        if let device { return device.receive(datagram, from: path.endpoint, via: path.source, now: now) }
        let message = UnsafeRawBufferPointer(datagram)
        switch MessageType(of: message) {
        case nil: return .dropped(.malformed)
        case .data, .cookieReply: break
        case .initiation, .response:
            // Here already, so that garbage does not take the device's time.
            guard let key = reading({ $0.mac1Key }) else { return .dropped(.noPrivateKey) }
            guard MessageMACs.isValidMAC1(of: message, key: key) else { return .dropped(.unauthenticated) }
        }
        return tell(.message(Array(datagram), path)) ? .handled : .dropped(.queueFull)
    }

    /// Keeps a copy of a packet until there is a session, which is asked for.
    package func enqueue(_ packet: UnsafeRawBufferPointer, for peer: PeerID, now: Instant) -> Sealed {
        if let device { return device.enqueue(packet, for: peer, now: now) }
        guard tell(.packet(Array(packet), peer)) else { return .dropped(.queueFull) }
        handedOver[peer] = told
        return .queued
    }

    /// Whether packets of the peer have been handed to the device and may not have been sent yet.
    @inline(__always)
    func isHandedOver(_ peer: PeerID) -> Bool {
        handedOver.isEmpty ? false : awaitsSettling(peer)
    }

    private func awaitsSettling(_ peer: PeerID) -> Bool {
        guard case .other(_, let reports) = role else { return false }
        let settled = reports.settledCount
        guard settled < told else {
            // Nothing is left of peers that nobody sends to any more.
            handedOver = [:]
            return false
        }
        guard let ticket = handedOver[peer] else { return false }
        guard settled >= ticket else { return true }
        handedOver[peer] = nil
        return false
    }
}
