import Addressing
import IPsec
import Testing
import Tunneling

/// How soon the loss of a peer is noticed, and by what.
@Suite struct LivenessTests {
    static func established() -> Simulation {
        let simulation = Simulation(seed: 1)
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.isUp)
        return simulation
    }

    /// After 30 s of silence, 5 tries in some 23 s. Whatever else is asked of the peer at that time waits no longer.
    @Test(arguments: [false, true])
    func deadPeerIsNoticedInAMinute(_ isRekeying: Bool) {
        let simulation = Self.established()
        simulation.network.loss = 1
        simulation.run(for: .seconds(20))
        if isRekeying {
            simulation.first.host.rekey(SampleConnections.id, .children, now: simulation.now)
        }
        simulation.run(for: .seconds(25))
        let before = simulation.datagrams
        #expect(simulation.first.sessions.count == 1 && before >= 4)
        simulation.run(for: .seconds(11))
        #expect(simulation.first.sessions.isEmpty)
        #expect(
            simulation.first.failures.contains(
                .noAnswer(to: isRekeying ? .createChildSA : .informational)))
    }

    /// Packets come from it again: it is there. Its answers are waited for as long as ordinary ones.
    @Test func peerThatIsHeardIsNotGivenUp() {
        let simulation = Self.established()
        let spis = simulation.first.sessions.map(\.initiatorSPI)
        simulation.network.loss = 1
        simulation.run(for: .seconds(40))
        simulation.losesMessages = true
        simulation.network.loss = 0
        simulation.trafficEvery = .seconds(1)
        simulation.run(for: .seconds(30))
        simulation.losesMessages = false
        simulation.run(for: .seconds(30))
        #expect(simulation.first.sessions.map(\.initiatorSPI) == spis && simulation.flaw == nil)
    }

    // MARK: INVALID_IKE_SPI

    /// A host that has forgotten its SAs says so to whoever uses them: that is looked into at once.
    @Test func peerThatHasForgottenIsFoundSoon() {
        let simulation = Self.established()
        simulation.network.loss = 1
        simulation.second.host.remove(SampleConnections.id, now: simulation.now)
        simulation.run(for: .seconds(25))
        simulation.network.loss = 0
        simulation.second.host.put(SampleConnections.sharedKey().second, now: simulation.now)
        simulation.first.host.rekey(SampleConnections.id, .children, now: simulation.now)
        simulation.run(for: .seconds(28))
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
        #expect(simulation.first.failures.contains(.noAnswer(to: .createChildSA)))
    }

    /// Nobody vouches for such a message: it ends nothing, and makes us ask once in a while.
    @Test func forgedNewsOfThatMakesUsAskAndNoMore() throws {
        let simulation = Self.established()
        let session = try #require(simulation.first.sessions.first)
        let header = IKEHeader(
            initiatorSPI: session.initiatorSPI, responderSPI: session.responderSPI,
            exchange: .informational,
            flags: .response, messageID: 77)
        let forged = IKEMessage(header, [.notify(Notify(.invalidIKESPI))]).encoded()
        let before = simulation.datagrams
        for _ in 0..<30 {
            simulation.first.host.receive(forged, on: session.path, now: simulation.now)
            simulation.run(for: .milliseconds(500))
        }
        // In 15 s: two checks, and their answers.
        #expect(simulation.datagrams - before == 4)
        #expect(simulation.flaw == nil && simulation.first.failures.isEmpty)
    }

    // MARK: IKE_SA_INIT

    /// What a stranger answers to the first party's IKE_SA_INIT.
    static func forge(_ simulation: Simulation, _ notify: Notify) throws {
        let request = try #require(simulation.recorded.first { !$0.toFirst }).0
        let spi = request.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let header = IKEHeader(
            initiatorSPI: spi, responderSPI: 0, exchange: .ikeSAInit, flags: .response, messageID: 0)
        simulation.first.host.receive(
            IKEMessage(header, [.notify(notify)]).encoded(), on: request.path, now: simulation.now)
    }

    @Test func forgedRefusalsDoNotEndAnAttempt() throws {
        for notify in [
            Notify(.noProposalChosen), Notify(.invalidSyntax), Notify(.invalidKEPayload, data: [0, 1]),
        ] {
            let simulation = Simulation(seed: 1)
            simulation.records = true
            simulation.put(.sharedKey())
            simulation.run(for: .milliseconds(1))
            try Self.forge(simulation, notify)
            simulation.run(for: .seconds(2)) { simulation.isUp }
            #expect(simulation.flaw == nil && simulation.first.failures.isEmpty)
        }
    }

    /// When nothing better comes, it is the reason that operators see.
    @Test func refusalThatStandsAloneIsTheReason() throws {
        let simulation = Simulation(seed: 1)
        simulation.records = true
        simulation.first.host.put(SampleConnections.sharedKey().first, now: simulation.now)
        simulation.run(for: .milliseconds(1))
        try Self.forge(simulation, Notify(.noProposalChosen))
        try Self.forge(simulation, Notify(.invalidSyntax))
        simulation.run(for: .milliseconds(2900))
        #expect(simulation.first.failures.isEmpty)
        simulation.run(for: .milliseconds(200))
        #expect(simulation.first.failures == [.offerRefused])
        #expect(simulation.first.snapshot.first?.lastFailure?.failure == .offerRefused)
    }

    // MARK: What is not taken

    @Test func reasonsAreInTheLogAndNotTooOften() throws {
        let simulation = Simulation(seed: 1)
        simulation.second.host.put(SampleConnections.sharedKey().second, now: simulation.now)
        let path = IKEPath(
            remote: Endpoint(.first, port: 500), source: LocalSource(address: .second, interface: 0),
            localPort: IKEPath.plainPort)
        let header = IKEHeader(
            initiatorSPI: 1, responderSPI: 0, exchange: .ikeSAInit, flags: .initiator, messageID: 0)
        let message = IKEMessage(header, [.nonce([UInt8](repeating: 1, count: 32))]).encoded()
        for _ in 0..<100 { simulation.second.host.receive(message, on: path, now: simulation.now) }
        simulation.run(for: .milliseconds(1))
        #expect(simulation.second.dropped.first?.reason == .missing(.securityAssociation))
        #expect(simulation.second.dropped.count <= 5)
    }
}
