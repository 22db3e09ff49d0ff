import TestLab
import TestTunnels
import Testing

/// Every suite of every profile, all of a profile's at once: one connection for each, of which strongSwan offers and takes that
/// suite alone.
@Suite(.serialized) struct IPsecSuiteTests {
    /// Each IKE suite, and with each of the algorithms that protect IKE each CHILD SA's suite.
    @Test(arguments: IPsecPairing.withStrongSwan, IPsecProfile.allCases)
    func everySuiteOfAProfileCarriesTraffic(_ pairing: IPsecPairing, _ profile: IPsecProfile) async throws {
        let espSuites = profile.espSuites
        // As many IKE suites go with one way of protecting IKE as there are PRFs and groups.
        let suites = profile.ikeSuites.enumerated().map { index, suite in (suite, espSuites[index % espSuites.count]) }
        try await withLab { lab in
            let fan = try await IPsecFan(lab, pairing, profile, suites)
            let associations = try await fan.established()
            for (number, (suite, espSuite)) in suites.enumerated() {
                let association = try #require(associations[number])
                #expect(
                    association.suite == suite.description && association.children.first?.suite == espSuite.description)
                #expect(try fan.reaches(number), "\(suite) and \(espSuite)")
            }
        }
    }

    /// With a Diffie-Hellman exchange of its own by each group.
    @Test(arguments: IPsecPairing.withStrongSwan, IPsecProfile.allCases)
    func everySuiteOfAChildSAIsRenewed(_ pairing: IPsecPairing, _ profile: IPsecProfile) async throws {
        let suites = profile.renewableESPSuites.map { (profile.ikeSuites[0], $0) }
        try await withLab { lab in
            let fan = try await IPsecFan(lab, pairing, profile, suites) { $0.childLifetime = 3 }
            let before = try await fan.established()
            for (number, (_, suite)) in suites.enumerated() {
                let first = try #require(before[number]?.children.first)
                try await eventually("\(suite) is renewed", within: .seconds(40)) {
                    guard let now = try await fan.strongSwan.associations(of: number).first?.children.first else {
                        return false
                    }
                    return now.inboundSPI != first.inboundSPI && "\(now.suite)-\(now.group ?? "")" == suite.description
                }
                try await eventually("\(suite) carries traffic") { try fan.reaches(number) }
            }
        }
    }
}

/// cvland and strongSwan with a connection for each suite. Connection N is between 10.1.N.1 of strongSwan and 10.2.N.1 of
/// cvland inside, and outside between 192.168.N.1 of strongSwan and 192.168.255.1.
private struct IPsecFan {
    let strongSwan: any IPsecEnd
    private let cvland: any IPsecEnd
    /// Who begins.
    private let left: any IPsecEnd
    private let count: Int

    /// - Parameter change: to what the left one is told.
    init(
        _ lab: Lab, _ pairing: IPsecPairing, _ profile: IPsecProfile, _ suites: [(IKESuite, ESPSuite)],
        _ change: (inout IPsecSettings) -> Void = { _ in }
    ) async throws {
        count = suites.count
        let spaces = (left: try lab.namespace("swan"), right: try lab.namespace("cvland"))
        try lab.connect(
            spaces.left, suites.indices.map { "192.168.\($0).1/16" }, spaces.right, ["192.168.255.1/16"])
        strongSwan = try await IPsecImplementation.strongSwan.start(
            in: spaces.left, "swan", lab, inside: suites.indices.map { "10.1.\($0).1/32" })
        cvland = try await IPsecImplementation.cvland.start(
            in: spaces.right, "cvland", lab, inside: suites.indices.map { "10.2.\($0).1/32" })
        let strongSwanBegins = pairing.left == .strongSwan
        left = strongSwanBegins ? strongSwan : cvland
        var connections: (swan: [String: IPsecSettings], cvland: [String: IPsecSettings]) = ([:], [:])
        for (number, (suite, espSuite)) in suites.enumerated() {
            let proof = IPsecProof.secret("of \(number)")
            let swan = IPsecParty("\(number).swan", proof, at: "192.168.\(number).1", ["10.1.\(number).1/32"])
            let other = IPsecParty("\(number).cvland", proof, at: "192.168.255.1", ["10.2.\(number).1/32"])
            var settings = IPsecSettings(swan, other)
            settings.ikeSuites = [suite]
            settings.espSuites = [espSuite]
            settings.begins = strongSwanBegins
            if strongSwanBegins { change(&settings) }
            connections.swan["\(number)"] = settings
            settings = IPsecSettings(other, swan)
            settings.profile = profile
            settings.begins = !strongSwanBegins
            if !strongSwanBegins { change(&settings) }
            connections.cvland["\(number)"] = settings
        }
        if strongSwanBegins {
            try await cvland.configure(connections.cvland)
            try await strongSwan.configure(connections.swan)
        } else {
            try await strongSwan.configure(connections.swan)
            try await cvland.configure(connections.cvland)
        }
    }

    /// Waits until all are up; what cvland tells of them.
    func established() async throws -> [Int: IPsecAssociation] {
        try await eventually("\(count) SAs stand", within: .seconds(40)) {
            let found = try await cvland.associations().filter { !$0.children.isEmpty }
            let all = Dictionary(found.map { (Int($0.connection) ?? -1, $0) }) { $1 }
            return all.count == count ? all : nil
        }
    }

    func reaches(_ number: Int) throws -> Bool {
        try strongSwan.namespace.reaches("10.2.\(number).1", from: "10.1.\(number).1")
    }
}

extension IPsecEnd {
    fileprivate func associations(of number: Int) async throws -> [IPsecAssociation] {
        try await associations().filter { $0.connection == "\(number)" && !$0.children.isEmpty }
    }
}
