import TestLab
import TestTunnels
import Testing

@Suite(.serialized) struct IPsecRekeyTests {
    enum Rekeying: String, CaseIterable {
        case left, right, both
    }

    private static let mostRuns = 5

    /// IKE and CHILD SAs are replaced again and again while TCP goes through them.
    @Test(arguments: IPsecPairing.all, Rekeying.allCases)
    func noConnectionIsLost(_ pairing: IPsecPairing, whenRekeying side: Rekeying) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing) { pair in
                if side != .right { pair.left.rekeySoon() }
                if side != .left { pair.right.rekeySoon() }
            }
            try await pair.expectTraffic()
            let first = try #require(try await pair.left.established())
            var seen: (ike: Set<UInt64>, child: Set<UInt32>) = ([], [])
            // strongSwan puts the renewal of its IKE SA off for many seconds when it comes in the way of a CHILD SA's: then more
            // streams follow, which have to last like the first.
            for _ in 0..<Self.mostRuns where seen.ike.count < 3 || seen.child.count < 3 {
                let streams = try await TCPRun(
                    from: pair.left.namespace, to: pair.right.namespace, at: "10.2.0.1", seconds: 10)
                try await eventually("the streams end", within: .seconds(30)) {
                    for association in try await pair.left.associations() {
                        seen.ike.insert(association.initiatorSPI)
                        seen.child.formUnion(association.children.map(\.inboundSPI))
                    }
                    return !streams.isRunning
                }
                try streams.expectSuccess()
            }
            #expect(seen.ike.count >= 3 && seen.child.count >= 3, "\(first) and then \(seen)")
        }
    }
}

extension IPsecSettings {
    fileprivate mutating func rekeySoon() {
        ikeLifetime = 3
        childLifetime = 2
    }
}
