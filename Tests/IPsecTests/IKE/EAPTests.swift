import IPsec
import OpenSSL
import TestCertificates
import Testing
import Tunneling

@Suite struct EAPConnectionTests {
    static func connections(_ password: String) throws -> SampleConnections {
        var connections = try SampleConnections.certificates()
        let secret = SecretBytes(copying: Array("password".utf8))
        connections.second.remote = .eap(EAPSettings([.mschapv2(users: ["alice": secret])]))
        connections.second.remoteIdentities = [.any]
        connections.first.eapLogin = Connection.EAPLogin(
            identity: "alice", .mschapv2(user: "alice", password: SecretBytes(copying: Array(password.utf8))))
        return connections
    }

    @Test func passwordLetsInAndNamesTheUser() throws {
        let simulation = Simulation(seed: 1)
        simulation.put(try Self.connections("password"))
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
        #expect(simulation.second.sessions.map(\.identity) == [.fqdn("alice")])
    }

    @Test func wrongPasswordIsToldToTheLogAlone() throws {
        let simulation = Simulation(seed: 2)
        simulation.put(try Self.connections("Password"))
        simulation.run(for: .seconds(2))
        #expect(!simulation.isUp && simulation.second.sessions.isEmpty)
        #expect(simulation.second.failures.contains(.eap(.wrongPassword(user: "alice"))))
    }

    @Test func certificateByTLSLetsIn() throws {
        let simulation = Simulation(seed: 3)
        var connections = try SampleConnections.certificates()
        guard case .certificate(let server) = connections.second.local,
            case .certificate(let client) = connections.first.local,
            case .certificate(let verifier) = connections.second.remote
        else { return }
        connections.second.remote = .eap(EAPSettings([.tls(EAPTLSSettings(credential: server, verifier: verifier))]))
        connections.second.remoteIdentities = [.any]
        connections.first.eapLogin = Connection.EAPLogin(
            identity: "gate", .tls(EAPTLSSettings(credential: client, verifier: verifier)))
        simulation.put(connections)
        simulation.run(for: .seconds(10)) { simulation.isUp }
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
    }
}
