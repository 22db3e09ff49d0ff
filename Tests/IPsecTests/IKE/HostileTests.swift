import Addressing
import IPsec
import TestRandom
import Testing
import Tunneling

/// Whatever comes from the network, the tunnel stands and nothing traps.
@Suite struct HostileTests {
    private static func path(_ from: IPAddress, _ to: IPAddress) -> IKEPath {
        IKEPath(
            remote: Endpoint(from, port: 4500), source: LocalSource(address: to, interface: 0),
            localPort: IKEPath.encapsulationPort)
    }

    /// All that was said, from both sides, while a tunnel came up and was rekeyed.
    private static func recorded() -> (Simulation, [(IKEDatagram, toFirst: Bool)]) {
        let simulation = Simulation(seed: 1)
        simulation.records = true
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        simulation.first.host.rekey(SampleConnections.id, .children, now: simulation.now)
        simulation.second.host.rekey(SampleConnections.id, .ike, now: simulation.now)
        simulation.run(for: .seconds(20))
        simulation.records = false
        return (simulation, simulation.recorded)
    }

    @Test func replayedMessagesChangeNothing() {
        let (simulation, datagrams) = Self.recorded()
        #expect(datagrams.count > 8)
        let before = simulation.parties.map { $0.sessions.map(\.initiatorSPI) }
        for (datagram, toFirst) in datagrams + datagrams.reversed() {
            let (from, to) = toFirst ? (simulation.second, simulation.first) : (simulation.first, simulation.second)
            to.host.receive(datagram.bytes, on: Self.path(from.address, to.address), now: simulation.now)
        }
        simulation.run(for: .seconds(60))
        #expect(simulation.flaw == nil)
        #expect(simulation.parties.map { $0.sessions.map(\.initiatorSPI) } == before)
    }

    @Test func damagedMessagesChangeNothing() {
        let (simulation, datagrams) = Self.recorded()
        var random = SeededRandom(9)
        for _ in 0..<3000 {
            guard let (datagram, toFirst) = datagrams.randomElement(using: &random) else { break }
            let (from, to) = toFirst ? (simulation.second, simulation.first) : (simulation.first, simulation.second)
            var bytes = datagram.bytes
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            case 1: bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            // Another message ID, another SPI.
            case 2: bytes.replaceSubrange(20..<24, with: random.bytes(4))
            default: bytes.replaceSubrange(0..<16, with: random.bytes(16))
            }
            to.host.receive(bytes, on: Self.path(from.address, to.address), now: simulation.now)
            for answer in to.host.takeOutbox() where bytes.count >= 36 {
                #expect(answer.bytes.count <= max(bytes.count, 512))
            }
        }
        simulation.run(for: .seconds(60))
        #expect(simulation.flaw == nil)
    }

    /// INVALID_IKE_SPI goes to requests, is no longer than they are, and there are few of them.
    @Test func strangersGetFewAndShortAnswers() {
        let simulation = Simulation(seed: 1)
        simulation.second.host.put(SampleConnections.sharedKey().second, now: simulation.now)
        var answers = 0
        var random = SeededRandom(5)
        for _ in 0..<1000 {
            let header = IKEHeader(
                initiatorSPI: random.next() | 1, responderSPI: random.next() | 1, exchange: .informational,
                flags: .initiator, messageID: 1)
            let bytes = IKEMessage(header, [.vendorID(random.bytes(8))]).encoded()
            simulation.second.host.receive(bytes, on: Self.path(.first, .second), now: simulation.now)
            for answer in simulation.second.host.takeOutbox() {
                answers += 1
                #expect(answer.bytes.count <= bytes.count)
            }
        }
        #expect(answers > 0 && answers <= 50)
    }
}
