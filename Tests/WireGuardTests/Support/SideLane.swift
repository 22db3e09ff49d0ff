import Addressing
import Synchronization
import Tunneling
import WireGuard

/// A lane of a host that is not the device's own, used as its thread would.
final class SideLane {
    let data: DataLane
    private let source: LocalSource
    private let batch = Batch()
    private let wakeCounter = WakeCounter()
    private let idOf: (Host) throws -> PeerID

    init(of host: Host) {
        data = host.device.makeLane { [wakeCounter] in wakeCounter.add() }
        source = host.source
        idOf = { [unowned host] in try host.peer($0) }
    }

    /// How often the device was woken.
    var wakes: Int { wakeCounter.count.load(ordering: .relaxed) }

    /// The datagrams of packets, in order; what cannot be sealed is handed to the device.
    func send(_ packets: [[UInt8]], to other: Host, now: Instant) throws -> [Outgoing] {
        let peer = try idOf(other)
        do {
            return try seal(packets, for: peer, now: now)
        } catch is Batch.NoSession {
            for packet in packets { enqueue(packet, for: peer, now: now) }
            return []
        }
    }

    /// Throws when there is no session.
    func seal(_ packets: [[UInt8]], for peer: PeerID, now: Instant) throws -> [Outgoing] {
        try batch.seal([Batch.Group(peer: peer, packets: packets)], by: data, now: now)
    }

    @discardableResult
    func enqueue(_ packet: [UInt8], for peer: PeerID, now: Instant) -> Sealed {
        packet.withUnsafeBytes { data.enqueue($0, for: peer, now: now) }
    }

    /// What became of datagrams that came at once; of those that are no data messages, the device is told.
    func take(_ datagrams: [[UInt8]], from endpoint: Endpoint, now: Instant) throws -> [Batch.Outcome] {
        var outcomes: [Batch.Outcome] = []
        for group in datagrams.split(whereSeparator: { $0.first != 4 }) {
            outcomes += try batch.open(group.map { ($0, endpoint) }, by: data, at: source, now: now)
        }
        for datagram in datagrams where datagram.first != 4 { receive(datagram, from: endpoint, now: now) }
        return outcomes
    }

    /// A datagram that is no data message.
    @discardableResult
    func receive(_ datagram: [UInt8], from endpoint: Endpoint, now: Instant) -> Received {
        var bytes = datagram
        let path = Path(endpoint: endpoint, source: source)
        return bytes.withUnsafeMutableBytes { data.receive($0, on: path, now: now) }
    }
}

private final class WakeCounter: Sendable {
    let count = Atomic(0)

    func add() { count.add(1, ordering: .relaxed) }
}
