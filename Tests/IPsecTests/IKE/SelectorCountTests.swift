import Addressing
import IPsec
import TestRandom
import Testing
import Tunneling

/// A payload has room for 255 traffic selectors.
@Suite struct SelectorCountTests {
    static func hosts(_ count: Int, every step: Int) -> [TrafficSelector] {
        (0..<count).map {
            TrafficSelector(IPPrefix(host: IPAddress(v4: 0x0A01_0000 + UInt32($0 * step))))
        }
    }

    @Test func tooManyAreRefusedAndWhatStandsGoesOn() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        connections.first.localSelectors = Self.hosts(255, every: 2)
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.first.liveChildren.map(\.local.count) == [255])
        connections.first.localSelectors = Self.hosts(256, every: 2)
        #expect(
            simulation.first.host.put(connections.first, now: simulation.now) == .tooManySelectors(256))
        simulation.run(for: .seconds(5))
        #expect(simulation.flaw == nil && simulation.first.liveChildren.map(\.local.count) == [255])
    }

    @Test func thoseThatTouchAreJoinedWhereTheyWouldBeTooMany() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        connections.first.localSelectors = Self.hosts(1024, every: 1)
        #expect(simulation.first.host.put(connections.first, now: simulation.now) == nil)
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.flaw == nil)
        #expect(
            simulation.first.liveChildren.map(\.local) == [
                [TrafficSelector(SampleConnections.prefix("10.1.0.0/22"))]
            ])
    }

    /// The same packets, and no two that touch.
    @Test func joiningChangesNoPacket() throws {
        var random = SeededRandom(4)
        for _ in 0..<300 {
            let selectors = try (0..<Int.random(in: 0...12, using: &random)).map { _ in
                let first = UInt32.random(in: 0..<32, using: &random)
                let last = UInt32.random(in: first..<32, using: &random)
                return try #require(
                    TrafficSelector(
                        IPAddress(v4: first), IPAddress(v4: last),
                        proto: [0, 6, 17].randomElement(using: &random) ?? 0,
                        ports: random.chance(1, in: 2) ? .any : TrafficSelector.Ports(first: 1, last: 9)))
            }
            let merged = selectors.merged()
            #expect(merged.count <= selectors.count && merged.merged() == merged)
            for (proto, ports) in [(0, .any), (6, .any), (17, TrafficSelector.Ports(first: 1, last: 9))]
                as [(UInt8, TrafficSelector.Ports)]
            {
                for address in UInt32(0)..<33 {
                    func has(_ list: [TrafficSelector]) -> Bool {
                        list.contains {
                            $0.contains(IPAddress(v4: address)) && $0.proto == proto && $0.ports == ports
                        }
                    }
                    #expect(has(selectors) == has(merged))
                }
            }
        }
    }
}
