import TestLab
import TestTunnels
import Testing

/// Clients of the kind that phones and laptops have, by strongSwan: they know a gateway by its certificate, prove who they are
/// by EAP, and are given an address.
@Suite struct IPsecLoginTests {
    @Test(arguments: LoginMethod.allCases, [CertificateRequest.Key.p256, .rsa])
    func aClientGetsAnAddressAndTraffic(by method: LoginMethod, gatewaysKey key: CertificateRequest.Key) async throws {
        try await withLab { lab in
            let gateway = try LoginGateway(lab, key: key)
            let pair = try await gateway.pair(lab, with: Person("alice", method))
            let association: IPsecAssociation = try await eventually("SAs stand") { try await pair.right.established() }
            #expect(association.children.first?.remotePrefixes == ["10.3.0.1/32"])
            // That it has proven, whatever it said before.
            #expect(association.remoteIdentity == (method == .mschapv2 ? "alice" : "O=acme, CN=alice"))
            try await eventually("10.2.0.1 is reached from the address given") {
                try pair.left.namespace.reaches("10.2.0.1", from: "10.3.0.1")
            }
            #expect(try pair.right.namespace.reaches("10.3.0.1", from: "10.2.0.1"))
        }
    }

    /// Each person has a connection, and a pool, of their own. What they call themselves before they log in tells nothing: these
    /// give their addresses, as Windows does.
    @Test(arguments: LoginMethod.allCases, LoginMethod.allCases)
    func whoLogsInDecidesWhichConnectionItIs(alices: LoginMethod, bobs: LoginMethod) async throws {
        try await withLab { lab in
            let net = try lab.makeSwitch("net")
            let space = try lab.namespace("gate")
            try net.plug(space, ["192.0.2.2/24"])
            let gateway = try LoginGateway(lab, key: .p256)
            let people = [
                (person: Person("alice", alices), outside: "192.0.2.11", pool: "10.3.0.0/24", given: "10.3.0.1"),
                (person: Person("bob", bobs), outside: "192.0.2.12", pool: "10.4.0.0/24", given: "10.4.0.1"),
            ]
            let ours = try await IPsecImplementation.cvland.start(in: space, "gate", lab, inside: ["10.2.0.1/32"])
            var connections: [String: IPsecSettings] = [:]
            var clients: [(space: Namespace, settings: IPsecSettings)] = []
            for (person, outside, pool, _) in people {
                let settings = try gateway.settings(for: person, pool: pool)
                connections[person.name] = settings.gateway
                var client = settings.client
                client.local.identity = outside
                let space = try lab.namespace(person.name)
                try net.plug(space, ["\(outside)/24"])
                clients.append((space, client))
            }
            try await ours.configure(connections)
            // The last first: the connection that comes first by name is not theirs.
            for (client, entry) in zip(clients, people).reversed() {
                let name = entry.person.name
                let end = try await IPsecImplementation.strongSwan.start(in: client.space, name, lab, inside: [])
                try await end.configure([name: client.settings])
                try await eventually("\(name) reaches 10.2.0.1 from \(entry.given)") {
                    try client.space.reaches("10.2.0.1", from: entry.given)
                }
            }
            let found = try await ours.associations()
            #expect(Set(found.map(\.connection)) == ["alice", "bob"] && found.count == 2)
            for (person, _, _, given) in people {
                let association = try #require(found.first { $0.connection == person.name })
                #expect(association.children.first?.remotePrefixes == ["\(given)/32"])
            }
        }
    }

    enum Fault: String, CaseIterable {
        case wrongPassword, unknownUser, anotherAuthority, anotherPerson
    }

    /// Neither end has an SA, and the gateway's log says whom it did not let in and why.
    @Test(arguments: Fault.allCases) func isRefusedWithAReason(for fault: Fault) async throws {
        try await withLab { lab in
            let gateway = try LoginGateway(lab, key: .p256)
            let pair = try await gateway.pair(lab, with: Person("alice", fault.method)) { client in
                switch fault {
                case .wrongPassword: client.proof = .login(.password(user: "alice", "guessed"))
                case .unknownUser: client.proof = .login(.password(user: "mallory", "guessed"))
                case .anotherAuthority:
                    let other = try CertificateAuthority(lab, "other")
                    let alice = Person("alice", .tls)
                    client.proof = .login(.certificate(try other.issue(alice.request), user: alice.identity))
                case .anotherPerson:
                    let bob = Person("bob", .tls)
                    client.proof = .login(.certificate(try gateway.authority.issue(bob.request), user: bob.identity))
                }
            }
            try await eventually("the gateway says: \(fault.reason)") {
                pair.right.log.split(separator: "\n").contains { line in fault.reason.allSatisfy { line.contains($0) } }
            }
            try await eventually("the client knows") { pair.left.log.contains(fault.clientsReason) }
            #expect(try await pair.left.established() == nil)
            #expect(try await pair.right.associations().isEmpty)
        }
    }
}

extension IPsecLoginTests.Fault {
    fileprivate var method: LoginMethod {
        switch self {
        case .wrongPassword, .unknownUser: .mschapv2
        case .anotherAuthority, .anotherPerson: .tls
        }
    }

    /// Of what a line of cvland's log has.
    fileprivate var reason: [String] {
        switch self {
        case .wrongPassword: ["wrong password of user \"alice\""]
        case .unknownUser: ["unknown user \"mallory\""]
        case .anotherAuthority: ["alice@acme.example", "EAP-TLS: "]
        case .anotherPerson: ["bob@acme.example", "EAP-TLS: "]
        }
    }

    /// In strongSwan's log.
    fileprivate var clientsReason: String {
        switch self {
        case .wrongPassword, .unknownUser: "EAP-MS-CHAPv2 failed"
        case .anotherAuthority: "received fatal TLS alert 'unknown ca'"
        case .anotherPerson: "EAP_FAILURE"
        }
    }
}

/// EAP-TLS goes by TLS 1.2: Debian's strongSwan knows nothing yet of RFC 9190, which TLS 1.3 needs.
enum LoginMethod: String, CaseIterable {
    case mschapv2, tls
}

private struct Person {
    let name: String
    let method: LoginMethod

    init(_ name: String, _ method: LoginMethod) {
        self.name = name
        self.method = method
    }

    var identity: String { "\(name)@acme.example" }

    var request: CertificateRequest {
        CertificateRequest("/O=acme/CN=\(name)", names: ["email:\(identity)"], usages: ["clientAuth"])
    }
}

/// A gateway as its clients know it.
private struct LoginGateway {
    let authority: CertificateAuthority
    private let party: IPsecParty

    init(_ lab: Lab, key: CertificateRequest.Key) throws {
        authority = try CertificateAuthority(lab)
        let certificate = try authority.issue(
            CertificateRequest("/O=acme/CN=gate", names: ["DNS:gate.example"], key: key, usages: ["serverAuth"]))
        party = IPsecParty("gate.example", .certificate(certificate), at: "192.0.2.2", ["10.2.0.0/24"])
    }

    /// What a client of a person's is told, and what the gateway is told of it.
    func settings(for person: Person, pool: String) throws -> (client: IPsecSettings, gateway: IPsecSettings) {
        let login: IPsecLogin =
            switch person.method {
            case .mschapv2: .password(user: person.name, "the secret of \(person.name)")
            case .tls: .certificate(try authority.issue(person.request), user: person.identity)
            }
        let other = IPsecParty(person.identity, .login(login), at: nil, [])
        var client = IPsecSettings(other, party)
        client.begins = true
        client.asksForAddress = true
        var gateway = IPsecSettings(party, other)
        gateway.remote.prefixes = [pool]
        gateway.pool = pool
        client.authorities = [authority.certificate]
        gateway.authorities = [authority.certificate]
        return (client, gateway)
    }

    /// - Parameter change: to what the client is.
    func pair(
        _ lab: Lab, with person: Person, _ change: (inout IPsecParty) throws -> Void = { _ in }
    ) async throws -> IPsecPair {
        try await IPsecPair(lab, IPsecPairing(.strongSwan, .cvland)) { pair in
            (pair.left, pair.right) = try settings(for: person, pool: "10.3.0.0/24")
            try change(&pair.left.local)
        }
    }
}
