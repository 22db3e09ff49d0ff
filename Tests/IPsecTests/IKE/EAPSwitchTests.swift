import Addressing
import IPsec
import OpenSSL
import TestCertificates
import Testing
import Tunneling

/// Several connections with EAP on one host, each with its own user: which it is, EAP alone tells.
@Suite struct EAPSwitchTests {
    /// As Windows calls itself: by its address at home.
    static let atHome = Identity.address(IPAddress(v4: 0xC0A8_0107))

    static func connections(_ user: String, _ password: String, identity: String? = nil) throws -> SampleConnections {
        var connections = try SampleConnections.certificates()
        connections.first.localIdentity = atHome
        connections.first.eapLogin = Connection.EAPLogin(
            identity: identity ?? user, .mschapv2(user: user, password: EAPFixture.text(password)))
        connections.first.requestsAddresses = [.v4]
        connections.first.remoteSelectors = [.everything(.v4)]
        return connections
    }

    /// One of a gateway's connections, for one user.
    static func gateway(
        _ base: Connection, _ name: String, _ remote: EAPSettings, pool: String, behind: String
    ) -> Connection {
        var connection = Connection(
            id: ConnectionID(interface: 1, name: name), local: base.local, localIdentity: base.localIdentity,
            remote: .eap(remote), remoteIdentities: [.identity(.email("\(name)@acme.example"))],
            localSelectors: [TrafficSelector(SampleConnections.prefix(behind))], remoteSelectors: [.everything(.v4)])
        connection.start = .never
        connection.addressPool = AddressPool(prefixes: [SampleConnections.prefix(pool)])
        return connection
    }

    static func users(_ user: String, _ password: String) -> EAPSettings {
        EAPSettings([.mschapv2(users: [user: EAPFixture.text(password)])])
    }

    /// A gateway of alice and bob, and of a router that comes by certificate alone.
    static func simulation(_ connections: SampleConnections, seed: UInt64 = 1) -> Simulation {
        let simulation = Simulation(seed: seed)
        let host = simulation.second.host
        for connection in [
            gateway(connections.second, "alice", users("alice", "one"), pool: "10.9.1.0/24", behind: "10.2.1.0/24"),
            gateway(connections.second, "bob", users("bob", "two"), pool: "10.9.2.0/24", behind: "10.2.2.0/24"),
            connections.second,
        ] { host.put(connection, now: simulation.now) }
        simulation.first.host.put(connections.first, now: simulation.now)
        return simulation
    }

    @Test(arguments: [("alice", "one", "10.9.1.1", "10.2.1.0/24"), ("bob", "two", "10.9.2.1", "10.2.2.0/24")])
    func eachUserGetsItsOwnConnection(_ user: String, _ password: String, _ address: String, _ behind: String) throws {
        // A person may call the login by more than the name.
        for identity in [user, "ACME\\\(user)", "anonymous"] {
            let simulation = Self.simulation(try Self.connections(user, password, identity: identity))
            simulation.run(for: .seconds(10)) { simulation.isUp }
            #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
            #expect(simulation.second.snapshot.filter { !$0.peers.isEmpty }.map(\.connection.name) == [user])
            #expect(simulation.second.sessions.map(\.identity) == [.fqdn(user)])
            #expect(simulation.first.assigned?.addresses.map { "\($0)" } == [address])
            #expect(
                simulation.first.liveChildren.map(\.remote) == [[TrafficSelector(SampleConnections.prefix(behind))]])
            // What it called itself is in the log.
            #expect(
                simulation.second.logins
                    == ["login of \(identity.debugDescription), who says to be 192.168.1.7, succeeded"])
        }
    }

    @Test func peerWithACertificateGetsTheConnectionWithoutEAP() throws {
        let simulation = Self.simulation(try SampleConnections.certificates())
        simulation.run(for: .seconds(10)) { simulation.isUp }
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
        #expect(simulation.second.snapshot.filter { !$0.peers.isEmpty }.map(\.connection) == [SampleConnections.id])
    }

    /// The log knows that there is nobody of the name. To the client it looks like a wrong password, message by message.
    @Test func unknownUserIsRefusedLikeAWrongPassword() throws {
        var told: [[Int]] = []
        for (user, refusal) in [
            ("alice", EAPRefusal.wrongPassword(user: "alice")), ("mallo", .unknownUser("mallo")),
        ] {
            let simulation = Self.simulation(try Self.connections(user, "guess"))
            simulation.records = true
            simulation.run(for: .milliseconds(900))
            #expect(simulation.second.sessions.isEmpty)
            #expect(simulation.second.failures == [.eap(refusal)])
            #expect(simulation.second.logins.first?.contains(user) == true)
            #expect(simulation.first.failures == [.eap(.wrongPassword(user: user))])
            told.append(simulation.recorded.filter(\.toFirst).map { $0.0.bytes.count })
        }
        #expect(told[0] == told[1] && told[0].count > 4)
    }

    /// Two networks of one gateway may each have an alice.
    @Test(arguments: [("one", "alice"), ("other", "namesake")])
    func sameNameIsToldApartByThePassword(_ password: String, _ name: String) throws {
        let connections = try Self.connections("alice", password)
        let simulation = Self.simulation(connections)
        simulation.second.host.put(
            Self.gateway(
                connections.second, "namesake", Self.users("alice", "other"), pool: "10.9.3.0/24",
                behind: "10.2.3.0/24"),
            now: simulation.now)
        simulation.run(for: .seconds(10)) { simulation.isUp }
        #expect(simulation.second.snapshot.filter { !$0.peers.isEmpty }.map(\.connection.name) == [name])
    }

    @Test func userWhoIsNotAUserAnyMoreIsPutOut() throws {
        let connections = try Self.connections("alice", "one")
        let simulation = Self.simulation(connections)
        func change(_ settings: EAPSettings) {
            simulation.second.host.put(
                Self.gateway(
                    connections.second, "alice", settings, pool: "10.9.1.0/24", behind: "10.2.1.0/24"),
                now: simulation.now)
            simulation.run(for: .milliseconds(900))
        }
        simulation.run(for: .seconds(10)) { simulation.isUp }
        let spis = simulation.second.sessions.map(\.initiatorSPI)
        // Others come and go.
        change(EAPSettings([.mschapv2(users: ["alice": EAPFixture.text("one"), "carol": EAPFixture.text("three")])]))
        #expect(simulation.second.sessions.map(\.initiatorSPI) == spis && simulation.flaw == nil)
        change(Self.users("alice", "new"))
        #expect(simulation.parties.allSatisfy { $0.sessions.isEmpty })
    }

    // MARK: By certificate

    /// Of those that come by `gate`'s certificate, and of those that come by `router`'s.
    static func certificates(gate anchors: String = Certificates.root) throws -> Simulation {
        var connections = try connections("", "")
        connections.first.eapLogin = Connection.EAPLogin(identity: "anonymous@acme.example", try EAPFixture.client())
        let simulation = Simulation(seed: 5)
        for (name, method) in [
            ("router", try EAPFixture.server(expected: [.host("router.acme.example")])),
            ("gate", try EAPFixture.server(anchors: anchors, expected: [.host("gate.acme.example")])),
            ("anybody", try EAPFixture.server(anchors: anchors, expected: [.any])),
        ] {
            simulation.second.host.put(
                gateway(
                    connections.second, name, EAPSettings([method]), pool: "10.9.1.0/24", behind: "10.2.1.0/24"),
                now: simulation.now)
        }
        simulation.second.host.put(
            gateway(connections.second, "alice", users("alice", "one"), pool: "10.9.4.0/24", behind: "10.2.4.0/24"),
            now: simulation.now)
        simulation.first.host.put(connections.first, now: simulation.now)
        return simulation
    }

    @Test func certificateFindsItsConnection() throws {
        let simulation = try Self.certificates()
        simulation.run(for: .seconds(10)) { simulation.isUp }
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
        #expect(simulation.second.snapshot.filter { !$0.peers.isEmpty }.map(\.connection.name) == ["gate"])
    }

    /// The handshake believes the certificate, as another connection's authority vouches for it; the connection that it names does not.
    @Test func certificateOfAnotherConnectionsAuthorityIsRefused() throws {
        let simulation = try Self.certificates(gate: Certificates.ofNoAuthority)
        simulation.run(for: .milliseconds(900))
        #expect(simulation.parties.allSatisfy { $0.sessions.isEmpty })
        #expect(simulation.second.failures == [.eap(.peer(.certificate(.unknownIssuer)))])
        #expect(simulation.second.logins.first?.contains("anonymous@acme.example") == true)
    }
}
