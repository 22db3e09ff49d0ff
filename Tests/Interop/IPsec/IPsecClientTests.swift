import TestLab
import TestTunnels
import Testing

/// Clients that have no address of their own inside, and no prefixes behind them: they know the gateway alone.
@Suite struct IPsecClientTests {
    @Test(arguments: IPsecAuthentication.common)
    func aClientIsGivenAnAddress(by authentication: IPsecAuthentication) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, IPsecPairing(.strongSwan, .cvland), by: authentication) { settings in
                settings.left.asksForAddress = true
                settings.left.local.prefixes = []
                settings.left.remote.prefixes = ["10.2.0.0/24"]
                settings.right.pool = "10.3.0.0/24"
                settings.right.local.prefixes = ["10.2.0.0/24"]
                settings.right.remote.prefixes = ["10.3.0.0/24"]
                settings.right.remote.address = nil
            }
            let association: IPsecAssociation = try await eventually("SAs stand") { try await pair.right.established() }
            let given = try #require(association.children.first?.remotePrefixes.first)
            #expect(given.hasPrefix("10.3.0.") && given.hasSuffix("/32"))
            let address = String(given.dropLast(3))
            try await eventually("10.2.0.1 is reached from \(address)") {
                try pair.left.namespace.reaches("10.2.0.1", from: address)
            }
            #expect(try pair.right.namespace.reaches(address, from: "10.2.0.1"))
        }
    }
}
