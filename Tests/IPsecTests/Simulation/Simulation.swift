import Addressing
import IPsec
import TestRandom
import Tunneling

/// Two parties, a network between them, and a clock that goes from event to event.
final class Simulation {
    struct Network {
        /// One datagram of so many is lost, or comes twice; 0: none.
        var loss = 0
        var duplication = 0
        var delay: ClosedRange<UInt64> = 5...20
    }

    private enum Cargo {
        case message(IKEDatagram)
        case packet(SimulatedDataPath.Packet)
    }

    private struct Delivery {
        let at: Instant
        let order: Int
        let toFirst: Bool
        let cargo: Cargo
    }

    let first: Party
    let second: Party
    var network: Network
    var random: SeededRandom
    private static let start = Instant(nanoseconds: 1_000_000_000_000)
    private let startTime: Int64
    private(set) var now = Simulation.start {
        didSet {
            let passed = Int64((now - Self.start).nanoseconds / 1_000_000_000)
            for party in parties { party.clock.seconds = startTime + passed }
        }
    }
    /// Messages of IKE are lost, packets are not.
    var losesMessages = false
    private var deliveries: [Delivery] = []
    private var order = 0
    private(set) var datagrams = 0
    /// Of those of the encapsulated port, with all headers.
    private(set) var longestDatagram = 0
    /// What was sent while `records` was set.
    var records = false
    private(set) var recorded: [(IKEDatagram, toFirst: Bool)] = []
    /// Sends a packet from both sides so often, where there is an SA.
    var trafficEvery: Instant.Span?
    private var nextTraffic = Instant.never
    /// What is to happen at what time.
    private var plan: [(at: Instant, act: (Simulation) -> Void)] = []
    /// What the second party sees of the first: a NAT's work.
    var translated: (address: IPAddress, portOffset: UInt16)?

    init(
        seed: UInt64, _ network: Network = Network(), settings: HostSettings = HostSettings(),
        time: Int64 = 1_780_272_000
    ) {
        random = SeededRandom(seed)
        self.network = network
        startTime = time
        first = Party("first", .first, seed: random.next(), settings: settings, time: time)
        second = Party("second", .second, seed: random.next(), settings: settings, time: time)
    }

    var parties: [Party] { [first, second] }

    func at(_ span: Instant.Span, _ act: @escaping (Simulation) -> Void) {
        plan.append((now + span, act))
        plan.sort { $0.at < $1.at }
    }

    // MARK: Time

    func run(for span: Instant.Span) { run(for: span) { false } }

    /// Until the condition holds, at most for `span`.
    func run(for span: Instant.Span, until isDone: () -> Bool) {
        let end = now + span
        if let trafficEvery, nextTraffic == .never { nextTraffic = now + trafficEvery }
        drain()
        while !isDone() {
            let next = [
                deliveries.first?.at, plan.first?.at, first.host.nextDeadline, second.host.nextDeadline, nextTraffic,
            ].lazy.compactMap { $0 }.min()
            guard let next, next <= end else { break }
            now = max(now, next)
            step()
        }
        now = max(now, isDone() ? now : end)
    }

    private func step() {
        while let action = plan.first, action.at <= now {
            plan.removeFirst()
            action.act(self)
            drain()
        }
        while let delivery = deliveries.first, delivery.at <= now {
            deliveries.removeFirst()
            deliver(delivery)
            drain()
        }
        for party in parties { party.host.advance(to: now) }
        drain()
        if now >= nextTraffic { sendTraffic() }
    }

    private func sendTraffic() {
        nextTraffic = trafficEvery.map { now + $0 } ?? .never
        for party in parties {
            if let packet = party.dataPath.seal() { post(.packet(packet), from: party) }
        }
    }

    // MARK: The network

    func drain() {
        for party in parties {
            // Events are acted on before the datagrams of the same moment go out.
            party.takeEvents()
            for datagram in party.host.takeOutbox() where datagram.kind == .message {
                datagrams += 1
                if records { recorded.append((datagram, party === second)) }
                guard datagram.path.isEncapsulated else {
                    post(.message(datagram), from: party)
                    continue
                }
                // Headers of IPv6 and UDP, and a non-ESP marker.
                longestDatagram = max(longestDatagram, datagram.bytes.count + 52)
                post(.message(datagram), from: party)
            }
        }
    }

    private func post(_ cargo: Cargo, from party: Party) {
        if network.loss > 0, random.chance(1, in: network.loss) { return }
        if losesMessages, case .message = cargo { return }
        let copies = network.duplication > 0 && random.chance(1, in: network.duplication) ? 2 : 1
        for _ in 0..<copies {
            let delay = UInt64.random(in: network.delay, using: &random)
            order += 1
            let delivery = Delivery(
                at: now + .milliseconds(delay), order: order, toFirst: party === second, cargo: cargo)
            let index = deliveries.firstIndex { ($0.at, $0.order) > (delivery.at, delivery.order) }
            deliveries.insert(delivery, at: index ?? deliveries.count)
        }
    }

    private func deliver(_ delivery: Delivery) {
        let (from, to) = delivery.toFirst ? (second, first) : (first, second)
        switch delivery.cargo {
        case .message(let datagram):
            to.host.receive(datagram.bytes, on: path(datagram.path, from: from, to: to), now: now)
        case .packet(let packet):
            guard let spi = to.dataPath.open(packet) else {
                return to.lost.append("\(to.name) at \(now.nanoseconds / 1_000_000): SPI \(packet.spi)")
            }
            to.opened += 1
            to.host.noteInbound(spi, at: now, now: now)
        }
    }

    /// The path as the receiver sees it.
    private func path(_ sent: IKEPath, from: Party, to: Party) -> IKEPath {
        var source = Endpoint(from.address, port: sent.localPort)
        if from === first, let translated {
            source = Endpoint(translated.address, port: sent.localPort &+ translated.portOffset)
        }
        var port = sent.remote.port
        if to === first, let translated { port &-= translated.portOffset }
        return IKEPath(
            remote: source, source: LocalSource(address: to.address, interface: 0), localPort: port)
    }
}

extension IPAddress {
    static let first = IPAddress(v4: 0xC0000201)
    static let second = IPAddress(v4: 0xC0000202)
}
