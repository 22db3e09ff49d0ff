import TestLab
import TestTunnels
import Testing

/// An end goes without a word.
@Suite struct IPsecLossTests {
    /// To ask whether the other end is there is given up after some 23 seconds, and what it had to be told after a few more.
    private static let patience = Duration.seconds(60)

    /// Who answers is killed: the other notices, gives its SAs up, and makes new ones as soon as there is somebody again.
    @Test(arguments: IPsecPairing.all) func aKilledResponderIsNoticed(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            var settings: IPsecPairSettings?
            let pair = try await IPsecPair(lab, pairing) { pair in
                pair.both { $0.livenessInterval = 1 }
                settings = pair
            }
            try await pair.expectTraffic()
            let first = try #require(try await pair.left.established())
            try await pair.right.kill()
            try await eventually("the left end gives its SAs up", within: Self.patience) {
                try await pair.left.established() == nil
            }
            try await pair.right.start()
            try await pair.right.configure([IPsecPair.name: try #require(settings).right])
            try await eventually("another IKE SA", within: Self.patience) {
                guard let now = try await pair.left.established() else { return false }
                return now.initiatorSPI != first.initiatorSPI
            }
            try await pair.expectTraffic()
            try await pair.expectOneAssociation()
        }
    }

    /// Who begins is killed: the other notices.
    @Test(arguments: IPsecPairing.all) func aKilledInitiatorIsNoticed(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing) { $0.both { $0.livenessInterval = 1 } }
            try await pair.expectTraffic()
            try await pair.left.kill()
            try await eventually("the right end forgets it", within: Self.patience) {
                try await pair.right.associations().isEmpty
            }
        }
    }

    /// Who begins is killed and comes back before the other has noticed: the new SAs replace the old ones (INITIAL_CONTACT).
    @Test(arguments: IPsecPairing.all) func whoComesBackReplacesItsOldSAs(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            var settings: IPsecPairSettings?
            let pair = try await IPsecPair(lab, pairing) { settings = $0 }
            try await pair.expectTraffic()
            let first = try #require(try await pair.right.established())
            try await pair.left.kill()
            try await pair.left.start()
            try await pair.left.configure([IPsecPair.name: try #require(settings).left])
            try await pair.expectTraffic()
            try await pair.expectOneAssociation()
            #expect(try await pair.right.established()?.initiatorSPI != first.initiatorSPI)
        }
    }
}
