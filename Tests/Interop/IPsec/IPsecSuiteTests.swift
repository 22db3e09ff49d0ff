import TestLab
import TestTunnels
import Testing

@Suite struct IPsecSuiteTests {
    /// All suites in turn on one pair, as the other side offers and takes one of each kind at a time. The left one makes each
    /// IKE SA, and the CHILD SA with the next of its suites.
    @Test(arguments: IPsecPairing.withStrongSwan, IPsecProfile.allCases)
    func everySuiteOfAProfileCarriesTraffic(_ pairing: IPsecPairing, _ profile: IPsecProfile) async throws {
        try await withLab { lab in
            var settings: IPsecPairSettings?
            let pair = try await IPsecPair(lab, pairing) { pair in
                pair.both { $0.profile = profile }
                settings = pair
                // To begin with the first suite.
                pair.left.begins = false
            }
            var next = try #require(settings)
            let espSuites = profile.espSuites
            for (index, suite) in profile.ikeSuites.enumerated() {
                let espSuite = espSuites[index % espSuites.count]
                try await pair.left.configure([:])
                try await eventually("nothing is left") {
                    let (left, right) = try await (pair.left.associations(), pair.right.associations())
                    return left.isEmpty && right.isEmpty
                }
                next.both {
                    $0.ikeSuites = [suite]
                    $0.espSuites = [espSuite]
                }
                try await pair.configure(next)
                let association: IPsecAssociation = try await eventually("SAs by \(suite) and \(espSuite)") {
                    try await pair.right.established()
                }
                try await eventually("\(suite) and \(espSuite) carry traffic") {
                    try pair.left.namespace.reaches("10.2.0.1")
                }
                #expect(
                    association.suite == suite.description && association.children.first?.suite == espSuite.description)
            }
        }
    }
}
