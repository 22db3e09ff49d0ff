import TestLab
import TestTunnels
import Testing

/// Clients of the kind that phones and laptops have: they know a gateway by its certificate, prove who they are by EAP, and are
/// given an address.
@Suite(.serialized) struct IPsecClientTests {
    enum Method: String, CaseIterable {
        case mschapv2, tls
    }

    @Test(arguments: IPsecPairing.clients, Method.allCases)
    func aClientGetsAnAddressAndTraffic(_ pairing: IPsecPairing, by method: Method) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing) { _ = try ClientSettings(lab).apply(method, to: &$0) }
            try await eventually("10.2.0.1 is reached from the address given") {
                try pair.left.namespace.reaches("10.2.0.1", from: "10.3.0.1")
            }
            #expect(try pair.right.namespace.reaches("10.3.0.1", from: "10.2.0.1"))
            let association = try #require(try await pair.right.established())
            #expect(association.children.first?.remotePrefixes == ["10.3.0.1/32"])
        }
    }

    /// A wrong password gets no SA, and the gateway says why.
    @Test(arguments: IPsecPairing.clients) func aWrongPasswordIsRefused(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing) { settings in
                try ClientSettings(lab).apply(.mschapv2, to: &settings)
                settings.left.local.proof = .password(user: "alice", "guessed")
            }
            try await eventually("the gateway refuses") { pair.right.log.contains("EAP") }
            #expect(try await pair.right.established() == nil)
        }
    }
}

/// What makes a pair's left end a client of its right end.
private struct ClientSettings {
    private let authority: CertificateAuthority

    init(_ lab: Lab) throws {
        authority = try CertificateAuthority(lab)
    }

    func apply(_ method: IPsecClientTests.Method, to settings: inout IPsecPairSettings) throws {
        let gate = try authority.issue(
            CertificateRequest("/O=acme/CN=gate", names: ["DNS:gate.example"], usages: ["serverAuth"]))
        let client = try authority.issue(
            CertificateRequest("/O=acme/CN=alice", names: ["email:alice@acme.example"], usages: ["clientAuth"]))
        let proof: IPsecProof =
            switch method {
            case .mschapv2: .password(user: "alice", "correct horse battery staple")
            case .tls: .certificateByEAP(client)
            }
        for path in [\IPsecPairSettings.left.local, \.right.remote] {
            settings[keyPath: path].identity = "alice@acme.example"
            settings[keyPath: path].proof = proof
            settings[keyPath: path].prefixes = []
        }
        for path in [\IPsecPairSettings.left.remote, \.right.local] {
            settings[keyPath: path].identity = "gate.example"
            settings[keyPath: path].proof = .certificate(gate)
            settings[keyPath: path].prefixes = ["10.2.0.0/24"]
        }
        settings.both { $0.authorities = [authority.certificate] }
        settings.left.asksForAddress = true
        settings.right.pool = "10.3.0.0/24"
        settings.right.remote.address = nil
    }
}
