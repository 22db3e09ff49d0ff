import IPsec
import Testing
import Tunneling

/// How IKE SAs are ended when a connection is removed, and how long that may take.
@Suite struct LeaveTests {
    static func established() -> Simulation {
        let simulation = Simulation(seed: 1)
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.isUp && !simulation.first.host.isFinishing)
        return simulation
    }

    static func remove(_ simulation: Simulation) {
        simulation.first.host.remove(SampleConnections.id, now: simulation.now)
        #expect(simulation.first.host.isFinishing)
    }

    @Test func hostHasFinishedWhenThePeerKnows() {
        let simulation = Self.established()
        Self.remove(simulation)
        simulation.run(for: .milliseconds(100))
        #expect(!simulation.first.host.isFinishing && simulation.second.sessions.isEmpty)
    }

    @Test func lostDeleteIsSentAgain() {
        let simulation = Self.established()
        simulation.network.loss = 1
        Self.remove(simulation)
        simulation.run(for: .seconds(1))
        #expect(simulation.first.host.isFinishing && !simulation.second.sessions.isEmpty)
        simulation.network.loss = 0
        simulation.run(for: .seconds(2)) { !simulation.first.host.isFinishing }
        #expect(!simulation.first.host.isFinishing && simulation.second.sessions.isEmpty)
    }

    /// Also behind a request that is never answered.
    @Test(arguments: [false, true])
    func finishingHasAnEnd(_ isBusy: Bool) {
        let simulation = Self.established()
        simulation.network.loss = 1
        if isBusy {
            simulation.first.host.rekey(SampleConnections.id, .children, now: simulation.now)
            simulation.run(for: .seconds(1))
        }
        Self.remove(simulation)
        simulation.run(for: .seconds(4))
        #expect(simulation.first.host.isFinishing)
        simulation.run(for: .milliseconds(4100))
        #expect(!simulation.first.host.isFinishing)
    }
}
