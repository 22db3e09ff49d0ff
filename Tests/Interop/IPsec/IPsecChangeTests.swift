import TestLab
import TestTunnels
import Testing

/// What an administrator changes while TCP goes through SAs, which know nothing of it.
@Suite(.serialized) struct IPsecChangeTests {
    /// cvland gets another certificate. What stands goes on; the next IKE SA is made with it.
    @Test(arguments: IPsecPairing.withStrongSwan, [CertificateRequest.Key.p256, .rsa])
    func aRenewedCertificateDisturbsNoFlow(_ pairing: IPsecPairing, _ key: CertificateRequest.Key) async throws {
        try await withLab { lab in
            var settings: IPsecPairSettings?
            let pair = try await IPsecPair(lab, pairing, by: .certificates(key, .dns)) { settings = $0 }
            try await pair.expectTraffic()
            var next = try #require(settings)
            let ours = pairing.left == .cvland
            let renewed = try #require(next.authority).issue(
                CertificateRequest("/O=acme/CN=renewed", names: ["DNS:\(ours ? "left" : "right").example"], key: key))
            if ours {
                next.left.local.proof = .certificate(renewed)
            } else {
                next.right.local.proof = .certificate(renewed)
            }
            let before = try #require(try await pair.left.established())
            let streams = try await TCPRun(
                from: pair.left.namespace, to: pair.right.namespace, at: "10.2.0.1", seconds: 4)
            try await (ours ? pair.left : pair.right).configure([IPsecPair.name: ours ? next.left : next.right])
            try await eventually("the streams end") { !streams.isRunning }
            try streams.expectSuccess()
            let after = try #require(try await pair.left.established())
            #expect(after.initiatorSPI == before.initiatorSPI)
            #expect(after.children.map(\.inboundSPI) == before.children.map(\.inboundSPI))

            let swan = ours ? pair.right : pair.left
            #expect(!swan.log.contains("CN=renewed"))
            try await pair.left.configure([:])
            try await eventually("nothing is left") { try await pair.right.associations().isEmpty }
            try await pair.left.configure([IPsecPair.name: next.left])
            try await pair.expectTraffic()
            #expect(swan.log.contains("CN=renewed"))
        }
    }

    /// Flows that both the old policy and the new one let in go on; what the new one does not let in ends at once.
    @Test(arguments: IPsecPairing.withStrongSwan)
    func aChangedPolicyDisturbsNoFlow(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing)
            try await pair.expectTraffic()
            let ours = try #require((pairing.left == .cvland ? pair.left : pair.right) as? CVLandIPsec)
            let before = try #require(try await pair.left.established())
            // To cvland's side, so that it lets the flow in.
            let ends =
                pairing.left == .cvland
                ? (from: pair.right, to: pair.left, address: "10.1.0.1")
                : (from: pair.left, to: pair.right, address: "10.2.0.1")
            try await ours.letIn(tcpPorts: 5201...5201, ping: true)
            let streams = try await TCPRun(
                from: ends.from.namespace, to: ends.to.namespace, at: ends.address, seconds: 4)
            #expect(try ends.from.namespace.reaches(ends.address))
            try await ours.letIn(tcpPorts: 5000...5999, ping: false)
            #expect(try !ends.from.namespace.reaches(ends.address))
            #expect(streams.isRunning)
            try await eventually("the streams end") { !streams.isRunning }
            try streams.expectSuccess()
            let after = try #require(try await pair.left.established())
            #expect(after.initiatorSPI == before.initiatorSPI)
            #expect(after.children.map(\.inboundSPI) == before.children.map(\.inboundSPI))
        }
    }
}
