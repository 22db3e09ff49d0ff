import Addressing
import IPsec
import TestRandom
import Testing
import Tunneling

@Suite struct FloodTests {
    /// IKE_SA_INIT as a stranger sends it: what a real initiator sent, with another SPI.
    static func request(_ random: inout SeededRandom) throws -> [UInt8] {
        let simulation = Simulation(seed: 7)
        simulation.first.host.put(SampleConnections.sharedKey().first, now: simulation.now)
        var bytes = try #require(simulation.first.host.takeOutbox().first).bytes
        bytes.replaceSubrange(0..<8, with: random.bytes(8))
        return bytes
    }

    /// Cookies come before anything is kept; a peer that brings its own back gets in.
    @Test func spoofedSourcesTakeNoMemoryAndPeersGetIn() throws {
        let simulation = Simulation(seed: 1)
        let connections = SampleConnections.sharedKey()
        simulation.second.host.put(connections.second, now: simulation.now)
        var random = SeededRandom(3)
        var message = try Self.request(&random)
        func flood(_ count: Int) {
            for _ in 0..<count {
                message.replaceSubrange(0..<8, with: random.bytes(8))
                let source = Endpoint(IPAddress(v4: UInt32.random(in: 1...UInt32.max, using: &random)), port: 500)
                let path = IKEPath(
                    remote: source, source: LocalSource(address: .second, interface: 0), localPort: IKEPath.plainPort)
                simulation.second.host.receive(message, on: path, now: simulation.now)
                for answer in simulation.second.host.takeOutbox() { #expect(answer.bytes.count <= message.count) }
                _ = simulation.second.host.takeEvents()
            }
        }
        flood(3000)
        #expect(simulation.second.host.halfOpenCount <= HostSettings().cookieThreshold)
        simulation.first.host.put(connections.first, now: simulation.now)
        for _ in 0..<20 {
            flood(50)
            simulation.run(for: .milliseconds(100))
        }
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
        // INIT, INIT with the cookie, AUTH, and their answers.
        #expect(simulation.datagrams == 6)
        // All of it goes by itself.
        simulation.run(for: .seconds(40))
        #expect(simulation.second.host.halfOpenCount == 0)
    }

    @Test func oneSourceGetsFewHalfOpenSAs() throws {
        var settings = HostSettings()
        settings.cookieThreshold = .max
        let simulation = Simulation(seed: 1, settings: settings)
        simulation.second.host.put(SampleConnections.sharedKey().second, now: simulation.now)
        var random = SeededRandom(4)
        var message = try Self.request(&random)
        for port in UInt16(1)...200 {
            message.replaceSubrange(0..<8, with: random.bytes(8))
            let path = IKEPath(
                remote: Endpoint(.first, port: port), source: LocalSource(address: .second, interface: 0),
                localPort: IKEPath.plainPort)
            simulation.second.host.receive(message, on: path, now: simulation.now)
        }
        #expect(simulation.second.host.halfOpenCount == settings.maximumHalfOpenPerSource)
    }
}
