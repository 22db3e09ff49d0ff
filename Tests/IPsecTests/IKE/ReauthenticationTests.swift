import IPsec
import OpenSSL
import TestCertificates
import Testing
import Tunneling

/// Certificates end, and are renewed before: no flow notices (RFC 7296 §2.8.3).
@Suite struct ReauthenticationTests {
    static func connections(gate: String, router: String) throws -> SampleConnections {
        let anchors = TrustAnchors(try Certificate.all(pem: Array(BriefCertificates.root.utf8)))
        func credential(_ pem: String, _ key: String) throws -> Credential {
            .certificate(
                try CertifiedKey(
                    chain: try Certificate.all(pem: Array(pem.utf8)).map(\.der), key: EAPFixture.text(key)))
        }
        var connections = try SampleConnections.certificates()
        connections.first.local = try credential(gate, BriefCertificates.gateKey)
        connections.second.local = try credential(router, BriefCertificates.routerKey)
        connections.changeBoth { $0.remote = .certificate(CertificateVerifier(anchors)) }
        return connections
    }

    /// Two hours before the brief ones end; packets flow all the time.
    static func simulation(_ connections: SampleConnections) -> Simulation {
        let simulation = Simulation(seed: 1, time: Certificates.time + 22 * 3600)
        simulation.put(connections)
        simulation.run(for: .seconds(5)) { simulation.isUp }
        simulation.trafficEvery = .milliseconds(500)
        return simulation
    }

    static func renew(_ simulation: Simulation, gate: String, router: String) throws {
        let spis = simulation.first.sessions.map(\.initiatorSPI)
        simulation.put(try connections(gate: gate, router: router))
        simulation.run(for: .seconds(10))
        // As such, a renewal is nothing.
        #expect(simulation.first.sessions.map(\.initiatorSPI) == spis)
    }

    static func expectUndisturbed(_ simulation: Simulation) {
        #expect(simulation.flaw == nil, "\(simulation.parties.map(\.failures))")
        for party in simulation.parties {
            #expect(party.lost.isEmpty && party.failures.isEmpty, "\(party.lost.prefix(3)), \(party.failures)")
        }
        for party in simulation.parties { #expect(!party.peers.contains { $0 == nil }) }
    }

    /// Of either side, as it is always who began that begins anew.
    @Test(arguments: [(true, false), (false, true), (true, true)])
    func renewedCertificatesDisturbNoFlow(_ isOurs: Bool, _ isTheirs: Bool) throws {
        let (gate, router) = (BriefCertificates.gate, BriefCertificates.router)
        let (newGate, newRouter) = (BriefCertificates.gateRenewed, BriefCertificates.routerRenewed)
        // The other side's lasts.
        let before = (isOurs ? gate : newGate, isTheirs ? router : newRouter)
        let simulation = Self.simulation(try Self.connections(gate: before.0, router: before.1))
        simulation.run(for: .seconds(600))
        try Self.renew(simulation, gate: newGate, router: newRouter)
        let opened = simulation.second.opened
        simulation.run(for: .seconds(3 * 3600))
        Self.expectUndisturbed(simulation)
        // Packets have come all the time.
        #expect(simulation.second.opened - opened >= 2 * 3 * 3600 - 2)
    }

    /// A peer that comes with no other certificate is put out when it ends, and not before; it gets in again by a new one.
    @Test func peerIsPutOutWithItsCertificate() throws {
        let simulation = Self.simulation(
            try Self.connections(gate: BriefCertificates.gate, router: BriefCertificates.routerRenewed))
        simulation.run(for: .seconds(2 * 3600 - 60))
        Self.expectUndisturbed(simulation)
        simulation.run(for: .seconds(180))
        #expect(simulation.parties.allSatisfy { $0.sessions.isEmpty })
        #expect(simulation.second.failures.contains(.authentication(.certificate(.expired))))
        simulation.put(
            try Self.connections(
                gate: BriefCertificates.gateRenewed, router: BriefCertificates.routerRenewed))
        simulation.run(for: .seconds(120)) { simulation.isUp }
        #expect(simulation.flaw == nil)
    }
}
