import IPsec
import TestRandom
import Testing
import Tunneling

/// Long lives under loss, duplication and reordering: there is a pair of CHILD SAs at every moment, and no packet that the network
/// delivers is without an SA.
@Suite struct LifeTests {
    static let seeds: [ClosedRange<UInt64>] = (0..<8).map { ($0 * 25)...($0 * 25 + 24) }

    @Test(arguments: seeds)
    func rekeyingLosesNothing(_ seeds: ClosedRange<UInt64>) {
        for seed in seeds {
            let simulation = Self.simulation(seed)
            simulation.run(for: .seconds(60)) { simulation.isUp }
            #expect(simulation.isUp, "seed \(seed): \(simulation.parties.map(\.failures))")
            // Two that began at once have settled which one stays.
            simulation.run(for: .seconds(20))
            for party in simulation.parties { party.lost = [] }
            simulation.run(for: .seconds(2500))
            // The peers are left in peace to finish what they are at.
            simulation.network = Simulation.Network()
            simulation.run(for: .seconds(60)) { simulation.flaw == nil }
            #expect(simulation.flaw == nil, "seed \(seed)")
            for party in simulation.parties {
                #expect(party.lost.isEmpty, "seed \(seed): \(party.lost.prefix(3)) of \(party.opened)")
                #expect(party.opened > 2000, "seed \(seed): \(party.opened)")
                #expect(party.dataPath.childrenSeen >= 9, "seed \(seed)")
            }
        }
    }

    /// Lifetimes so short that everything happens often, at the same time on both sides.
    static func simulation(_ seed: UInt64) -> Simulation {
        var random = SeededRandom(seed)
        let network = Simulation.Network(
            loss: [0, 40, 20].randomElement(using: &random) ?? 0,
            duplication: [0, 5].randomElement(using: &random) ?? 0,
            delay: 1...([20, 300].randomElement(using: &random) ?? 20))
        let simulation = Simulation(seed: seed, network)
        var connections = SampleConnections.sharedKey()
        if random.chance(1, in: 2) { connections.bothBegin() }
        connections.changeBoth {
            $0.lifetimes.ike = .seconds(700)
            $0.lifetimes.child = .seconds(300)
        }
        simulation.put(connections)
        simulation.trafficEvery = .seconds(1)
        return simulation
    }
}
