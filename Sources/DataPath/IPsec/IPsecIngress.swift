internal import Addressing
package import IPsec
package import PacketIO
internal import Synchronization
internal import Tunneling

/// One worker's part of the process's IPsec port: ESP is decrypted and goes on by the lane of its SA's interface; IKE messages go to
/// the thread of IKE. Confined to the worker's thread.
package final class IPsecIngress {
    /// The id in tokens that no interface has.
    static let id: UInt64 = 0
    /// Calls for datagrams at one event; then it is the others' turn.
    private static let receivesAtOnce = 4

    /// What the worker is given to work with.
    package struct Ports: Sendable {
        let sockets: UDPSockets
        let table: SPITable
        /// The worker's number in the table.
        let reader: Int
        let inbox: IKEInbox
        let counters: IngressCounters

        package init(
            sockets: UDPSockets, table: SPITable, reader: Int, inbox: IKEInbox, counters: IngressCounters
        ) {
            self.sockets = sockets
            self.table = table
            self.reader = reader
            self.inbox = inbox
            self.counters = counters
        }
    }

    private let ports: Ports
    private let bench: Workbench
    private let esp: ESPBench
    private let poller: Poller
    /// The worker's lane of an interface.
    private let lane: (UInt64) -> TunnelLane?

    init(_ ports: Ports, bench: Workbench, poller: Poller, lane: @escaping (UInt64) -> TunnelLane?) throws(IOError) {
        self.ports = ports
        self.bench = bench
        self.poller = poller
        self.lane = lane
        esp = bench.espBench()
        if let v4 = ports.sockets.v4 { try poller.add(v4, token: TunnelLane.token(Self.id, .udp4)) }
        if let v6 = ports.sockets.v6 { try poller.add(v6, token: TunnelLane.token(Self.id, .udp6)) }
    }

    func close() {
        for descriptor in [ports.sockets.v4, ports.sockets.v6] {
            if let descriptor { poller.remove(descriptor) }
        }
    }

    func handle(_ family: IPFamily, now: Instant) {
        for _ in 0..<Self.receivesAtOnce {
            // What the sockets report here concerns single datagrams.
            guard let count = try? bench.receiver.receive(family, from: ports.sockets), count > 0 else { return }
            for index in 0..<count {
                if let message = bench.receiver[index] { take(message, now: now) }
            }
            openAdmitted(now: now)
            guard bench.receiver.mayHaveMore else { return }
        }
    }

    private func take(_ message: DatagramReceiver.Message, now: Instant) {
        let path = Path(endpoint: message.remote, source: message.source)
        bench.noteMoved(message.bytes.count)
        guard let base = message.bytes.baseAddress, message.segmentSize > 0 else {
            return ports.counters.drop(.malformed)
        }
        var start = 0
        while start < message.bytes.count {
            let count = min(message.segmentSize, message.bytes.count - start)
            take(UnsafeMutableRawBufferPointer(start: base + start, count: count), on: path, now: now)
            start += count
        }
    }

    @inline(__always)
    private func take(_ datagram: UnsafeMutableRawBufferPointer, on path: Path, now: Instant) {
        switch ESPDatagram(UnsafeRawBufferPointer(datagram)) {
        case .esp:
            if esp.opener.isFull { openAdmitted(now: now) }
            let reason = esp.opener.admit(datagram, on: path, of: ports.table, reader: ports.reader)
            if let reason { ports.counters.drop(reason) }
        case .ike: ports.inbox.put(.message(Array(datagram.dropFirst(ESPDatagram.markerCount)), path))
        case .keepalive: break
        case .malformed: ports.counters.drop(.malformed)
        }
    }

    /// Decrypts what was admitted, and has the lanes take it, those of one interface together.
    private func openAdmitted(now: Instant) {
        let opener = esp.opener
        opener.decrypt()
        var next = opener.runs.lowerBound
        while next < opener.runs.upperBound {
            let interface = opener.sa(of: next).interface
            var end = next + 1
            while end < opener.runs.upperBound, opener.sa(of: end).interface == interface { end += 1 }
            if let lane = lane(interface) {
                lane.receive(next..<end, of: opener, now: now) { sa, path, news in tell(news, of: sa, on: path) }
            }
            next = end
        }
        opener.removeAll()
    }

    private func tell(_ news: ESPNews, of sa: InboundSA, on path: Path) {
        if news.contains(.firstPacket) { ports.inbox.put(.firstPacket(spi: sa.spi)) }
        if news.contains(.moved) { ports.inbox.put(.moved(spi: sa.spi, path)) }
    }
}

/// Packets at the IPsec port that are no interface's. Any thread may call.
package final class IngressCounters: Sendable {
    private let unknownSPI = Atomic<UInt64>(0)
    private let malformed = Atomic<UInt64>(0)

    package init() {}

    func drop(_ reason: ESPDropReason) {
        switch reason {
        case .unknownSPI: unknownSPI.add(1, ordering: .relaxed)
        default: malformed.add(1, ordering: .relaxed)
        }
    }

    /// With an SPI that is not in use here.
    package var ofUnknownSPI: UInt64 { unknownSPI.load(ordering: .relaxed) }
    /// Too short, or with a sequence number that cannot be.
    package var ofNoForm: UInt64 { malformed.load(ordering: .relaxed) }
}
