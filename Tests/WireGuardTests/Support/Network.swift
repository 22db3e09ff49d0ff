import Addressing
import TestRandom
import Tunneling
import WireGuard

/// Hosts on a wire that loses, doubles, delays and reorders as its seed says, under one clock.
///
/// Reordering comes from the delay: each datagram draws its own.
final class Network {
    struct Quality {
        var lossPermille = 0
        var duplicatePermille = 0
        var delay: ClosedRange<UInt64> = 1_000_000...1_000_000
    }

    private struct Flight {
        let arrival: Instant
        let order: Int
        let from: Endpoint
        let to: Endpoint
        let bytes: [UInt8]
    }

    private(set) var now = Instant.start
    var quality: Quality
    private(set) var hosts: [Host] = []
    /// Sees every datagram as it is sent, before the wire does anything to it.
    var tap: ((Instant, Endpoint, Endpoint, [UInt8]) -> Void)?
    /// Whether the wire takes a datagram at all.
    var filter: ((Endpoint, Endpoint, [UInt8]) -> Bool)?

    private var generator: SeededRandom
    private var flights: [Flight] = []
    private var sent = 0
    private let wallStart = WallTime(seconds: 1_800_000_000, nanoseconds: 0)

    init(seed: UInt64, quality: Quality = Quality()) {
        generator = SeededRandom(seed)
        self.quality = quality
    }

    func join(_ hosts: [Host]) {
        self.hosts += hosts
    }

    func send(_ packet: [UInt8], from host: Host, to other: Host) throws {
        tellTime()
        let (_, outgoing) = try host.send(packet, to: other, now: now)
        transmit(outgoing, from: host)
    }

    /// Hands over what the device wants sent, as after a configuring call.
    func flush(_ host: Host) {
        transmit(host.device.takeOutbox(), from: host)
    }

    /// Runs arrivals and timers in the order of their times.
    func run(for span: Instant.Span) {
        let end = now + span
        while true {
            let arrival = flights.indices.min {
                (flights[$0].arrival, flights[$0].order) < (flights[$1].arrival, flights[$1].order)
            }
            let timer = hosts.compactMap { host in host.device.nextDeadline.map { (host, $0) } }.min { $0.1 < $1.1 }
            let nextArrival = arrival.map { flights[$0].arrival } ?? .never
            let nextTimer = timer?.1 ?? .never
            guard min(nextArrival, nextTimer) <= end else { break }
            if nextArrival <= nextTimer, let arrival {
                let flight = flights.remove(at: arrival)
                advanceClock(to: flight.arrival)
                deliver(flight)
            } else if let host = timer?.0 {
                advanceClock(to: nextTimer)
                host.device.advance(to: now)
                transmit(host.device.takeOutbox(), from: host)
            }
        }
        advanceClock(to: end)
    }

    private func advanceClock(to time: Instant) {
        now = max(now, time)
        tellTime()
    }

    private func tellTime() {
        for host in hosts { host.environment.setWallTime(since: wallStart, elapsed: now - .start) }
    }

    private func deliver(_ flight: Flight) {
        guard let host = hosts.first(where: { $0.endpoint == flight.to }) else { return }
        host.receive(flight.bytes, from: flight.from, now: now)
        transmit(host.device.takeOutbox(), from: host)
    }

    private func transmit(_ outgoing: [Outgoing], from host: Host) {
        for datagram in outgoing {
            tap?(now, host.endpoint, datagram.path.endpoint, datagram.bytes)
            guard filter?(host.endpoint, datagram.path.endpoint, datagram.bytes) ?? true else { continue }
            guard !generator.chance(quality.lossPermille, in: 1000) else { continue }
            for _ in 0..<(generator.chance(quality.duplicatePermille, in: 1000) ? 2 : 1) {
                let delay = Instant.Span(nanoseconds: UInt64.random(in: quality.delay, using: &generator))
                sent += 1
                flights.append(
                    Flight(
                        arrival: now + delay, order: sent, from: host.endpoint, to: datagram.path.endpoint,
                        bytes: datagram.bytes))
            }
        }
    }
}
