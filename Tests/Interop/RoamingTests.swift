import TestLab
import TestTunnels
import Testing

@Suite(.serialized) struct RoamingTests {
    /// The left end's underlay address changes under it.
    @Test(arguments: Pairing.all, Underlay.allCases)
    func aMovedInitiatorIsFollowed(_ pairing: Pairing, over underlay: Underlay) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing, over: underlay)
            try await pair.expectTraffic()
            let space = pair.left.namespace
            try space.run(
                "ip", "address", "delete", underlay.withLength(underlay.left), "dev", pair.leftCable)
            try space.configure(pair.leftCable, [underlay.withLength(underlay.leftOther)])
            if pairing.initiator == .wireguardGo {
                // Over IPv4 it holds on to the source address that is gone until it gets the endpoint anew.
                try space.run(
                    "wg", "set", pair.left.interface, "peer", pair.right.keys.publicKey, "endpoint",
                    underlay.endpoint(underlay.right))
            }
            try await pair.expectTraffic()
            #expect(try pair.right.endpoint(of: pair.left) == underlay.endpoint(underlay.leftOther))
        }
    }

    @Test(arguments: Pairing.all)
    func aChangedPortIsFollowed(_ pairing: Pairing) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing)
            try await pair.expectTraffic()
            try pair.left.namespace.run("wg", "set", pair.left.interface, "listen-port", "40000")
            try await pair.expectTraffic()
            #expect(try pair.right.endpoint(of: pair.left) == pair.underlay.endpoint(pair.underlay.left, 40000))
        }
    }

    /// From IPv4 to IPv6 and back, while the tunnel stands.
    @Test(arguments: Pairing.all)
    func theUnderlayMayChangeItsFamily(_ pairing: Pairing) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing)
            try await pair.expectTraffic()
            try pair.left.namespace.configure(pair.leftCable, [Underlay.v6.withLength(Underlay.v6.left)])
            try pair.right.namespace.configure(pair.rightCable, [Underlay.v6.withLength(Underlay.v6.right)])
            for underlay in [Underlay.v6, .v4] {
                try pair.left.namespace.run(
                    "wg", "set", pair.left.interface, "peer", pair.right.keys.publicKey, "endpoint",
                    underlay.endpoint(underlay.right))
                try await pair.expectTraffic()
                #expect(try pair.right.endpoint(of: pair.left) == underlay.endpoint(underlay.left))
            }
        }
    }

    @Test func theMarkGoesOnEveryPacket() async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: .cvland, responder: .wireguardGo))
            // Only marked packets find the way to the other end. (Before anything was heard from there: an answer goes by the
            // interface that the question came in on, whatever the routes say.)
            let space = pair.left.namespace
            try space.run("ip", "rule", "add", "fwmark", "0x1234", "table", "100")
            try space.run("ip", "route", "add", "192.0.2.0/24", "dev", pair.leftCable, "table", "100")
            try space.run("ip", "route", "delete", "192.0.2.0/24", "dev", pair.leftCable)
            try #expect(!space.reaches("10.0.0.2"))
            try space.run("wg", "set", pair.left.interface, "fwmark", "0x1234")
            try await pair.expectTraffic()
            #expect(try space.run("wg", "show", pair.left.interface, "fwmark").trimmed == "0x1234")
        }
    }
}
