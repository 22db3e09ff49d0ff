import Addressing
import IPsec
import OpenSSL
import TestCertificates
import TestRandom
import Testing
import Tunneling

@Suite struct FeatureTests {
    @Test(arguments: [576, 800, 1280])
    func largeMessagesGoInFragments(_ size: Int) throws {
        for seed in UInt64(0)..<10 {
            let simulation = Simulation(seed: seed, Simulation.Network(loss: seed == 0 ? 0 : 10, duplication: 5))
            var connections = try SampleConnections.certificates()
            connections.changeBoth { $0.fragmentSize = size }
            simulation.put(connections)
            simulation.run(for: .seconds(60)) { simulation.isUp }
            #expect(simulation.flaw == nil, "seed \(seed): \(simulation.parties.map(\.failures))")
            #expect(simulation.longestDatagram <= size)
        }
    }

    /// The way may be narrower than the responder's configuration knows.
    @Test(arguments: [false, true])
    func responderFragmentsAsTheInitiatorDoes(_ usesEAP: Bool) throws {
        let simulation = Simulation(seed: 1)
        var connections =
            usesEAP ? try EAPConnectionTests.connections("password") : try SampleConnections.certificates()
        connections.first.fragmentSize = 576
        // So that already the first message is long.
        connections.first.remoteSelectors = SelectorCountTests.hosts(200, every: 2) + connections.first.remoteSelectors
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        simulation.first.host.rekey(SampleConnections.id, .ike, now: simulation.now)
        simulation.run(for: .seconds(5))
        simulation.second.host.rekey(SampleConnections.id, .children, now: simulation.now)
        simulation.run(for: .seconds(5))
        #expect(simulation.flaw == nil)
        #expect(simulation.longestDatagram <= 576)
    }

    @Test func peersThatAskGetAddresses() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        connections.first.requestsAddresses = [.v4, .v6]
        connections.second.addressPool = AddressPool(
            prefixes: [SampleConnections.prefix("10.9.0.0/30"), SampleConnections.prefix("fd00::/64")],
            reserved: [IPAddress(v4: 0x0A09_0001)], dnsServers: [IPAddress(v4: 0x0A02_0001)],
            dnsDomains: ["corp.example"], subnets: [SampleConnections.prefix("10.2.0.0/16")])
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
        let address = IPAddress(v4: 0x0A09_0002)
        #expect(simulation.first.assigned?.addresses.first == address)
        #expect(simulation.first.assigned?.addresses.count == 2)
        #expect(simulation.first.assigned?.dnsDomains == ["corp.example"])
        #expect(simulation.first.assigned?.subnets == [SampleConnections.prefix("10.2.0.0/16")])
        // Narrowed to what was given.
        #expect(simulation.first.liveChildren.first?.local.contains(TrafficSelector(IPPrefix(host: address))) == true)
    }

    @Test func selectorsAreNarrowed() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        connections.first.remoteSelectors = [.everything(.v4), .everything(.v6)]
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.flaw == nil)
        #expect(simulation.first.liveChildren.map(\.remote) == [connections.second.localSelectors])
    }

    @Test func disjointSelectorsAreRefusedByName() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        connections.second.localSelectors = [TrafficSelector(SampleConnections.prefix("192.168.0.0/24"))]
        simulation.put(connections)
        simulation.run(for: .seconds(3))
        #expect(!simulation.isUp)
        #expect(simulation.parties.allSatisfy { $0.failures.contains(.selectorsUnacceptable) })
    }

    @Test func peersMeetAtWhatBothHave() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        connections.first.profile = .compatible
        connections.second.profile = .cnsa
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        // By way of INVALID_KE_PAYLOAD.
        #expect(simulation.flaw == nil)
        #expect(simulation.first.sessions.first?.suite?.group == .ecp384)
        #expect(simulation.datagrams == 6)
    }

    @Test func wrongKeyIsToldToTheLogAlone() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        connections.first.local = .sharedKey(SecretBytes(copying: Array("another secret".utf8)))
        simulation.put(connections)
        simulation.run(for: .seconds(3))
        #expect(simulation.first.failures.contains(.refused(.authenticationFailed, in: .ikeAuth)))
        #expect(simulation.second.failures.contains(.authentication(.wrong)))
        #expect(simulation.first.snapshot.first?.lastFailure != nil)
    }

    @Test func changedMappingIsFollowed() {
        let simulation = Simulation(seed: 1)
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        simulation.translated = (IPAddress(v4: 0xC633_6401), 1000)
        simulation.first.host.rekey(SampleConnections.id, .children, now: simulation.now)
        simulation.run(for: .seconds(10))
        #expect(simulation.second.sessions.first?.path.remote.address == IPAddress(v4: 0xC633_6401))
        #expect(simulation.flaw == nil)
    }

    @Test func movedInitiatorTellsItsPeer() {
        let simulation = Simulation(seed: 1)
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        simulation.translated = (IPAddress(v4: 0xC633_6402), 0)
        simulation.first.host.addressesChanged(now: simulation.now)
        simulation.run(for: .seconds(1))
        #expect(simulation.second.sessions.first?.path.remote.address == IPAddress(v4: 0xC633_6402))
        #expect(simulation.flaw == nil)
    }

    @Test func silentPeerIsNoticedAndFoundAgain() {
        let simulation = Simulation(seed: 1)
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        simulation.network.loss = 1
        simulation.run(for: .seconds(200))
        #expect(simulation.parties.allSatisfy { $0.sessions.isEmpty })
        simulation.network.loss = 0
        simulation.run(for: .seconds(200)) { simulation.isUp }
        #expect(simulation.flaw == nil)
    }

    @Test func removedConnectionEndsOnBothSides() {
        let simulation = Simulation(seed: 1)
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        simulation.first.host.remove(SampleConnections.id, now: simulation.now)
        simulation.run(for: .seconds(10))
        #expect(simulation.parties.allSatisfy { $0.sessions.isEmpty && $0.dataPath.children.isEmpty })
        #expect(simulation.second.failures.contains(.deletedByPeer))
    }

    @Test func changedLifetimesDisturbNothing() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        let datagrams = simulation.datagrams
        connections.changeBoth { $0.lifetimes.child = .seconds(1800) }
        simulation.put(connections)
        simulation.run(for: .seconds(1))
        #expect(simulation.datagrams == datagrams && simulation.flaw == nil)
    }

    @Test func changedSelectorsMakeANewSessionBesideTheOld() {
        let simulation = Simulation(seed: 1)
        var connections = SampleConnections.sharedKey()
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        connections.first.localSelectors = [TrafficSelector(SampleConnections.prefix("10.1.7.0/24"))]
        simulation.first.host.put(connections.first, now: simulation.now)
        simulation.run(for: .seconds(60))
        #expect(simulation.flaw == nil)
        #expect(simulation.first.liveChildren.map(\.local) == [connections.first.localSelectors])
    }
}
