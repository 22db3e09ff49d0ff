internal import Addressing
internal import IPsec
internal import Logging
internal import PacketIO
internal import Tunneling

/// What the thread of IKE does: wait for messages, timers and jobs. It computes what takes long, so that no packet waits for it.
/// Confined to that thread.
final class IKELoop {
    /// What it is given to work with.
    struct Ports: Sendable {
        /// Where IKE alone is spoken (RFC 7296 §2).
        let plain: UDPSockets
        /// What it sends by to the port that ESP shares. Workers receive there.
        let encapsulated: UDPSockets
        let table: SPITable
        let inbox: IKEInbox
        let log: Logger
    }

    let host: IKEHost
    let directory: SADirectory
    /// When it ends at the latest; before, as soon as peers know of what is over. `nil`: there are peers.
    var endsBy: Instant?
    private let ports: Ports
    private let poller: Poller
    private let mailbox: Mailbox<IKELoop>
    private let receiver: DatagramReceiver
    private let queue = DatagramQueue()
    private var connections: [Receiver: ConnectionID] = [:]
    /// When IKE is told again of what goes through SAs, while something does.
    private var nextReport: Instant?
    /// When packets are forgotten that have waited too long, while some do.
    private var nextForgetting: Instant?
    /// When it is looked whether peers are reached by another address of this machine, after news of addresses.
    private var addressCheck: Instant?
    /// How often more it is looked again where there is no way at all.
    private var addressChecks = 0

    private static let reportInterval = Instant.Span.seconds(1)
    /// As long as IKE tries, and WireGuard keeps packets.
    private static let waitingTime = Instant.Span.seconds(90)
    /// Addresses and routes change in rows.
    private static let addressPause = Instant.Span.milliseconds(300)
    private static let mostAddressChecks = 60
    /// Calls for datagrams at one event.
    private static let receivesAtOnce = 4
    private enum Source: UInt64 { case v4, v6 }

    /// A peer as the data path names it.
    private struct Receiver: Hashable {
        let interface: UInt64
        let peer: UInt32
    }

    init(_ ports: Ports, poller: Poller, mailbox: Mailbox<IKELoop>) throws(IOError) {
        self.ports = ports
        self.poller = poller
        self.mailbox = mailbox
        host = IKEHost(environment: .system)
        directory = SADirectory(table: ports.table)
        receiver = try DatagramReceiver()
        if let v4 = ports.plain.v4 { try poller.add(v4, token: Source.v4.rawValue) }
        if let v6 = ports.plain.v6 { try poller.add(v6, token: Source.v6.rawValue) }
    }

    /// - Parameter mayEnd: asked when there is nothing left to do, and the last thing that is: whether the thread is to end.
    func run(mayEnd: () -> Bool) {
        var events: [Poller.Event] = []
        events.reserveCapacity(8)
        while !hasFinished || !mayEnd() {
            let woken: Bool
            do {
                woken = try poller.wait(
                    until: deadline.map { MonotonicTime(nanoseconds: $0.nanoseconds) }, events: &events)
            } catch {
                preconditionFailure("\(error)")
            }
            for event in events { receive(event.token == Source.v6.rawValue ? .v6 : .v4) }
            if woken {
                for item in ports.inbox.takeAll() { take(item, now: .now) }
                for job in mailbox.takeAll() { job(self) }
            }
            advance()
            carryOut()
        }
    }

    private var deadline: Instant? {
        [host.nextDeadline, nextReport, nextForgetting, addressCheck, endsBy].lazy.compactMap { $0 }.min()
    }

    /// Whether it is to end, and peers know, or it is time.
    private var hasFinished: Bool {
        guard let endsBy else { return false }
        return !host.isFinishing || endsBy <= .now
    }

    // MARK: Peers

    /// Adds a connection, or changes it; when it is refused, what there was goes on.
    func put(_ connection: Connection, of peer: IPsecPeer, interface: UInt64) throws(Connection.Refusal) {
        if let refusal = host.put(connection, now: .now) { throw refusal }
        directory.add(peer, interface: interface, connection.id)
        connections[Receiver(interface: interface, peer: peer.number)] = connection.id
        carryOut()
    }

    func remove(_ id: ConnectionID) {
        host.remove(id, now: .now)
        carryOut()
        directory.remove(id)
        connections = connections.filter { $0.value != id }
    }

    // MARK: What comes

    private func receive(_ family: IPFamily) {
        for _ in 0..<Self.receivesAtOnce {
            guard let count = try? receiver.receive(family, from: ports.plain), count > 0 else { return }
            for message in (0..<count).lazy.compactMap({ self.receiver[$0] }) where message.segmentSize > 0 {
                let path = IKEPath(
                    remote: message.remote, source: message.source, localPort: IKEPath.plainPort)
                for start in stride(from: 0, to: message.bytes.count, by: message.segmentSize) {
                    let end = min(start + message.segmentSize, message.bytes.count)
                    host.receive(Array(message.bytes[start..<end]), on: path, now: .now)
                    carryOut()
                }
            }
            guard receiver.mayHaveMore else { return }
        }
    }

    private func take(_ item: IKEInbox.Item, now: Instant) {
        switch item {
        case .message(let bytes, let path): host.receive(bytes, on: Self.encapsulated(path), now: now)
        case .firstPacket(let spi): host.noteInbound(spi, at: now, now: now)
        case .moved(let spi, let path): host.moved(spi, to: Self.encapsulated(path), now: now)
        case .wanted(let interface, let peer):
            if let id = connections[Receiver(interface: interface, peer: peer)] { host.initiate(id, now: now) }
            if nextForgetting == nil { nextForgetting = now + Self.waitingTime }
        case .sourceGone(let source): directory.forgetSources { $0 == source }
        }
        carryOut()
    }

    private static func encapsulated(_ path: Path) -> IKEPath {
        IKEPath(remote: path.endpoint, source: path.source, localPort: IKEPath.encapsulationPort)
    }

    private func advance() {
        let now = Instant.now
        if nextForgetting.map({ $0 <= now }) ?? false {
            let limit = Instant(nanoseconds: (now - Instant(nanoseconds: Self.waitingTime.nanoseconds)).nanoseconds)
            nextForgetting = directory.forgetWaiting(since: limit) ? now + Self.reportInterval : nil
        }
        if addressCheck.map({ $0 <= now }) ?? false {
            checkAddresses(now: now)
        }
        let isDue = host.nextDeadline.map { $0 <= now } ?? false
        guard isDue || nextReport.map({ $0 <= now }) ?? false else { return }
        report(now: now)
        if isDue { host.advance(to: now) }
    }

    /// Before the host looks whether peers are silent and SAs are worn out, it is told what has come and gone. While something does,
    /// it is told again soon.
    private func report(now: Instant) {
        let news = directory.takeNews()
        for item in news {
            if let heard = item.heard { host.noteInbound(item.spi, at: heard, now: now) }
            host.noteUse(item.spi, packets: item.use.packets, bytes: item.use.bytes, now: now)
        }
        nextReport = news.isEmpty ? nil : now + Self.reportInterval
    }

    // MARK: Addresses of this machine

    /// The kernel has told of addresses or links. Peers to which it would now take another address are told soon (RFC 4555 §3.5).
    func noteAddressNews() {
        addressChecks = Self.mostAddressChecks
        if addressCheck == nil { addressCheck = .now + Self.addressPause }
    }

    /// It is looked for what has become of the ways, rather than told by the news, as what else a machine has of interfaces comes and
    /// goes.
    private func checkAddresses(now: Instant) {
        addressCheck = nil
        let ways = host.snapshot().flatMap(\.peers).filter(\.isInitiator).map { peer in
            (used: peer.path.source?.address, preferred: ports.plain.preferredSource(to: peer.path.remote))
        }
        if ways.contains(where: { $0.used != nil && $0.preferred != nil && $0.used != $0.preferred }) {
            host.addressesChanged(now: now)
        }
        // A way that is gone may come back by another address; of routes there is no news.
        guard ways.contains(where: { $0.preferred == nil }), addressChecks > 0 else { return }
        addressChecks -= 1
        addressCheck = now + Self.reportInterval
    }

    // MARK: What is to be done

    /// SAs first: a peer may use them as soon as it has our answer. Packets that wait for them last.
    private func carryOut() {
        for event in host.takeEvents() { carryOut(event) }
        for datagram in host.takeOutbox() { send(datagram) }
        directory.releaseWaiting()
    }

    private func carryOut(_ event: HostEvent) {
        switch event {
        case .childReady(let child):
            guard directory.add(child) else {
                ports.log.error("an SA cannot be used", metadata: ["peer": "\(child.connection.name)"])
                return
            }
            if nextReport == nil { nextReport = .now + Self.reportInterval }
        case .outboundSwitched(let spi): directory.send(by: spi)
        case .childRetired(let spi): directory.retire(spi)
        case .childGone(let spi): directory.remove(spi)
        case .pathChanged(_, let spis, let path): directory.setPath(path, of: spis)
        case .addressesAssigned(let id, let assigned):
            let text = assigned.addresses.map { "\($0)" }.joined(separator: ", ")
            ports.log.info("the peer gave us addresses", metadata: ["peer": "\(id.name)", "addresses": "\(text)"])
        case .peerChanged: break
        case .log(let line): ports.log.log(line)
        }
    }

    private func send(_ datagram: IKEDatagram) {
        let isEncapsulated = datagram.path.isEncapsulated
        let hasMarker = isEncapsulated && datagram.kind == .message
        var bytes = [UInt8](repeating: 0, count: hasMarker ? ESPDatagram.markerCount : 0) + datagram.bytes
        let sockets = isEncapsulated ? ports.encapsulated : ports.plain
        bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
            queue.append(
                base, count: bytes.count, to: datagram.path.remote, from: Path(datagram.path).localAddress, tag: 0)
            if !sockets.send(queue) {
                let gone = queue.giveUpSources()
                for local in gone {
                    directory.forgetSources { $0.address == local.address && $0.interface == local.interface }
                }
                if !gone.isEmpty { _ = sockets.send(queue) }
            }
            queue.removeAll()
        }
    }
}

extension Logger {
    /// A line of IKE's.
    fileprivate func log(_ line: IKELogLine) {
        var metadata: Logger.Metadata = ["remote": "\(line.path.remote)"]
        if let connection = line.connection { metadata["peer"] = "\(connection.name)" }
        let level: Logger.Level =
            switch line.level {
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            }
        log(level: level, "\(line.event)", metadata: metadata)
    }
}
