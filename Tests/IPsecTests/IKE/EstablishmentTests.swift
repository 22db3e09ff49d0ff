import Addressing
import IPsec
import OpenSSL
import TestCertificates
import Testing
import Tunneling

@Suite struct EstablishmentTests {
    @Test func sharedKeysMakeATunnel() {
        let simulation = Simulation(seed: 1)
        simulation.put(.sharedKey())
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.flaw == nil)
        #expect(simulation.parties.allSatisfy { $0.failures.isEmpty })
        // IKE_SA_INIT and IKE_AUTH, a request and an answer each.
        #expect(simulation.datagrams == 4)
    }

    @Test(arguments: Profile.allCases)
    func certificatesMakeATunnel(_ profile: Profile) throws {
        let simulation = Simulation(seed: 2)
        var connections = try SampleConnections.certificates(profile)
        if profile == .cnsa {
            // P-384 alone, on both sides.
            let core = try SampleConnections.credential(Certificates.core, Certificates.coreKey)
            connections.changeBoth {
                $0.local = core
                $0.localIdentity = .fqdn("core.acme.example")
                $0.remoteIdentities = [.host("core.acme.example")]
            }
        }
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
    }
}
