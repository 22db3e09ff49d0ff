import TestLab
import TestTunnels
import Testing

/// What happens between the two ends.
@Suite(.serialized) struct IPsecPathTests {
    @Test(arguments: IPsecPairing.all) func theOutsideMayBeIPv6(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            let pair = try await IPsecPair(lab, pairing, over: .v6, by: .certificates(.p256, .dns))
            try await pair.expectTraffic()
            try await pair.expectOneAssociation()
        }
    }

    /// The left end is hidden behind a router, which translates to other ports after a while. The right one answers to where
    /// genuine packets came from last.
    @Test(arguments: IPsecPairing.all) func aTranslatedPortMayChange(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            let spaces = (left: try lab.namespace("left"), right: try lab.namespace("right"))
            let router = try NATRouter(lab, hidden: spaces.left, open: spaces.right, ports: 20_000...20_999)
            let pair = try await IPsecPair(lab, pairing, in: spaces)
            var settings = try IPsecAuthentication.certificates(.p256, .dns).parties(
                lab, left: "192.168.1.2", right: "192.0.2.2")
            settings.right.remote.address = nil
            settings.both {
                $0.usesMOBIKE = false
                // cvland follows ESP; strongSwan's user-space ESP does not tell, so IKE has to.
                if pairing.right == .strongSwan { $0.livenessInterval = 1 }
            }
            try await pair.configure(settings)
            try await pair.expectTraffic()
            let before = try #require(try await pair.right.established())
            #expect(before.remoteAddress == "192.0.2.1" && (20_000...20_999).contains(before.remotePort))
            try router.restart(with: 30_000...30_999)
            try await pair.expectTraffic()
            let after = try #require(try await pair.right.established())
            #expect(after.remoteAddress == "192.0.2.1" && (30_000...30_999).contains(after.remotePort))
            #expect(after.initiatorSPI == before.initiatorSPI)
            // strongSwan's user-space ESP cannot move an SA to another address: it makes another SA.
            if pairing.right == .cvland {
                #expect(after.children.map(\.inboundSPI) == before.children.map(\.inboundSPI))
            }
        }
    }

    /// The left end moves to another address while TCP goes through: it says so to the right one (RFC 4555).
    @Test(arguments: IPsecPairing.all) func whoBeginsMayMove(_ pairing: IPsecPairing) async throws {
        try await withLab { lab in
            let spaces = (left: try lab.namespace("left"), right: try lab.namespace("right"))
            let cable = try lab.connect(spaces.left, ["192.0.2.1/24"], spaces.right, ["192.0.2.2/24"]).a
            let pair = try await IPsecPair(lab, pairing, in: spaces)
            var settings = try IPsecAuthentication.secret.parties(lab, left: nil, right: "192.0.2.2")
            settings.left.local.address = nil
            try await pair.configure(settings)
            try await pair.expectTraffic()
            let before = try #require(try await pair.right.established())
            #expect(before.remoteAddress == "192.0.2.1")
            let streams = try await TCPRun(from: spaces.left, to: spaces.right, at: "10.2.0.1", seconds: 6)
            try spaces.left.run("ip", "address", "delete", "192.0.2.1/24", "dev", cable)
            try spaces.left.run("ip", "address", "add", "192.0.2.11/24", "dev", cable)
            try await eventually("the right end knows") {
                try await pair.right.established()?.remoteAddress == "192.0.2.11"
            }
            try await eventually("the streams end") { !streams.isRunning }
            try streams.expectSuccess()
            try await pair.expectTraffic()
            let after = try #require(try await pair.right.established())
            #expect(after.initiatorSPI == before.initiatorSPI)
            // strongSwan's user-space ESP cannot move an SA to another address: it makes another SA.
            if pairing == IPsecPairing(.cvland, .cvland) {
                #expect(after.children.map(\.inboundSPI) == before.children.map(\.inboundSPI))
            }
        }
    }

    /// Certificates that do not fit into one packet, on a way that loses fragments of IP.
    @Test(arguments: IPsecPairing.all, Underlay.allCases)
    func longMessagesGoInFragmentsOfTheirOwn(_ pairing: IPsecPairing, over underlay: Underlay) async throws {
        try await withLab { lab in
            let spaces = (left: try lab.namespace("left"), right: try lab.namespace("right"))
            let mtu = underlay == .v4 ? 800 : 1280
            try lab.connect(
                spaces.left, [underlay.withLength(underlay.left)], spaces.right, [underlay.withLength(underlay.right)],
                mtu: mtu)
            for space in [spaces.left, spaces.right] { try space.dropFragments() }
            let pair = try await IPsecPair(lab, pairing, in: spaces, options: ["fragment_size = \(mtu)"])
            var settings = try IPsecAuthentication.certificates(.rsa, .name).parties(
                lab, left: underlay.left, right: underlay.right)
            settings.both { $0.fragmentSize = mtu }
            try await pair.configure(settings)
            try await pair.expectTraffic()
        }
    }
}

extension Namespace {
    /// What comes in fragments is lost here.
    fileprivate func dropFragments() throws {
        try run(
            "nft",
            """
            table inet fragments {
                chain arrived {
                    type filter hook prerouting priority -450
                    ip frag-off & 0x3fff != 0 counter drop
                    exthdr frag exists counter drop
                }
            }
            """)
    }
}
