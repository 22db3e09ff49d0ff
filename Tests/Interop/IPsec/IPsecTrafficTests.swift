import TestLab
import TestTunnels
import Testing

@Suite(.serialized) struct IPsecTrafficTests {
    @Test(arguments: IPsecPairing.all, IPsecAuthentication.common)
    func bothFamiliesPassBothWays(_ pairing: IPsecPairing, by authentication: IPsecAuthentication) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing, by: authentication)
            try await pair.expectTraffic()
            try await pair.expectOneAssociation()
            let ours = try #require(try await pair.left.established())
            let theirs = try #require(try await pair.right.established())
            #expect(ours.isInitiator && !theirs.isInitiator)
            #expect(ours.remotePort == 4500 && theirs.remotePort == 4500)
            for child in ours.children + theirs.children { #expect(child.receivedBytes > 0 && child.sentBytes > 0) }
            #expect(ours.children.first?.remotePrefixes == ["10.2.0.0/24", "fd02::/64"])
        }
    }

    /// At once, as soon as it is there: before the other end can find out by itself.
    @Test(arguments: IPsecPairing.all) func theEndIsToldToThePeer(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing)
            try await eventually("SAs stand") { try await pair.left.established() != nil }
            try await pair.left.configure([:])
            try await eventually("the right end has none", within: .seconds(5)) {
                try await pair.right.associations().isEmpty
            }
        }
    }
}
