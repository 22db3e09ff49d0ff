import IPsec
import TestRandom
import Testing
import Tunneling

/// Both sides want something at the same time (RFC 7296 §2.8, §2.25): whatever the order in which it is lost, doubled and
/// delayed, they end with one IKE SA and one pair of CHILD SAs, and have had one at every moment.
@Suite struct CollisionTests {
    enum Deed: CaseIterable, Sendable {
        case rekeyChild, rekeyIKE, both
    }

    /// Every pair of deeds, of the first and of the second.
    static let pairs = Deed.allCases.flatMap { a in Deed.allCases.map { (a, $0) } }

    @Test(arguments: pairs)
    func rekeyingsAtOnce(_ first: Deed, _ second: Deed) {
        for seed in SimulationSize.seeds {
            let simulation = Self.established(seed)
            let apart = Instant.Span.milliseconds(UInt64.random(in: 0...400, using: &simulation.random))
            let isFirst = simulation.random.chance(1, in: 2)
            simulation.at(isFirst ? apart : .seconds(0)) { Self.do(first, $0.first, $0.now) }
            simulation.at(isFirst ? .seconds(0) : apart) { Self.do(second, $0.second, $0.now) }
            Self.finish(simulation, seed)
            #expect(
                simulation.parties.allSatisfy { $0.lost.isEmpty }, "seed \(seed): \(simulation.parties.map(\.lost))")
        }
    }

    /// Seeds by which a rival is rekeyed in its turn before our own answer comes.
    private static let telling: [UInt64] = [783, 856, 1542, 1815, 1907]

    /// A dozen deeds within seconds.
    @Test func rekeyingsAllTheTime() {
        for seed in Array(SimulationSize.seeds) + Self.telling {
            let simulation = Self.established(seed)
            for _ in 0..<12 {
                let at = Instant.Span.milliseconds(UInt64.random(in: 0...4000, using: &simulation.random))
                let deed = Deed.allCases.randomElement(using: &simulation.random) ?? .both
                let isFirst = simulation.random.chance(1, in: 2)
                simulation.at(at) { Self.do(deed, isFirst ? $0.first : $0.second, $0.now) }
            }
            Self.finish(simulation, seed)
            #expect(
                simulation.parties.allSatisfy { $0.lost.isEmpty }, "seed \(seed): \(simulation.parties.map(\.lost))")
        }
    }

    /// One side ends everything, and begins anew, while the other rekeys.
    @Test(arguments: Deed.allCases)
    func rekeyingWhileTheOtherEndsIt(_ deed: Deed) {
        for seed in SimulationSize.seeds {
            let simulation = Self.established(seed)
            let apart = Instant.Span.milliseconds(UInt64.random(in: 0...400, using: &simulation.random))
            let isFirst = simulation.random.chance(1, in: 2)
            simulation.at(isFirst ? apart : .seconds(0)) { Self.do(deed, $0.first, $0.now) }
            simulation.at(isFirst ? .seconds(0) : apart) { simulation in
                simulation.second.host.remove(SampleConnections.id, now: simulation.now)
                simulation.second.host.put(Self.connections(false).second, now: simulation.now)
            }
            Self.finish(simulation, seed)
        }
    }

    @Test func beginningAtOnce() {
        for seed in SimulationSize.seeds {
            let simulation = Self.simulation(seed)
            let connections = Self.connections(true)
            let apart = Instant.Span.milliseconds(UInt64.random(in: 0...600, using: &simulation.random))
            simulation.second.host.put(connections.second, now: simulation.now)
            simulation.at(apart) { $0.first.host.put(connections.first, now: $0.now) }
            Self.finish(simulation, seed)
        }
    }

    // MARK: Parts

    static func `do`(_ deed: Deed, _ party: Party, _ now: Instant) {
        if deed != .rekeyIKE { party.host.rekey(SampleConnections.id, .children, now: now) }
        if deed != .rekeyChild { party.host.rekey(SampleConnections.id, .ike, now: now) }
    }

    static func connections(_ bothBegin: Bool) -> SampleConnections {
        var connections = SampleConnections.sharedKey()
        if bothBegin { connections.bothBegin() }
        return connections
    }

    static func simulation(_ seed: UInt64) -> Simulation {
        var random = SeededRandom(seed)
        let loss = [0, 0, 12, 6].randomElement(using: &random) ?? 0
        let duplication = [0, 3].randomElement(using: &random) ?? 0
        let delay = [20, 200].randomElement(using: &random) ?? 20
        return Simulation(
            seed: seed, Simulation.Network(loss: loss, duplication: duplication, delay: 1...UInt64(delay)))
    }

    /// Up, on a network that then loses what it will.
    static func established(_ seed: UInt64) -> Simulation {
        let simulation = simulation(seed)
        let network = simulation.network
        simulation.network = Simulation.Network()
        simulation.put(connections(false))
        simulation.run(for: .seconds(10)) { simulation.isUp }
        simulation.run(for: .seconds(1))
        #expect(simulation.flaw == nil, "seed \(seed)")
        simulation.network = network
        simulation.trafficEvery = .milliseconds(50)
        return simulation
    }

    /// Lets them come to rest.
    static func finish(_ simulation: Simulation, _ seed: UInt64) {
        simulation.run(for: .seconds(20))
        simulation.network = Simulation.Network()
        simulation.trafficEvery = .seconds(5)
        simulation.run(for: .seconds(100)) { simulation.flaw == nil }
        // What is at rest stays so.
        simulation.run(for: .seconds(100))
        #expect(simulation.flaw == nil, "seed \(seed)")
    }
}
