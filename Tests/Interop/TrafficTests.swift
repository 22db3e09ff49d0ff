import TestLab
import TestTunnels
import Testing

@Suite(.serialized) struct TrafficTests {
    @Test(arguments: Pairing.all, Underlay.allCases)
    func bothFamiliesPassBothWays(_ pairing: Pairing, over underlay: Underlay) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing, over: underlay)
            try await pair.expectTraffic()
            #expect(try pair.left.lastHandshake(with: pair.right) > 0)
            #expect(try pair.right.endpoint(of: pair.left) == underlay.endpoint(underlay.left))
        }
    }

    @Test(arguments: Pairing.all)
    func aSharedPresharedKeyLetsTrafficPass(_ pairing: Pairing) async throws {
        try await withLab { lab in
            try await Pair(lab, pairing, presharedKey: lab.presharedKey()).expectTraffic()
        }
    }

    /// Both sides are asked: the one that does not know the key must neither answer nor accept.
    @Test(arguments: Pairing.all)
    func differentPresharedKeysLetNothingPass(_ pairing: Pairing) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing, presharedKey: lab.presharedKey())
            try await pair.expectTraffic()
            let other = try lab.file("other.psk", lab.presharedKey() + "\n")
            try pair.right.namespace.run(
                "wg", "set", pair.right.interface, "peer", pair.left.keys.publicKey, "remove")
            try pair.right.namespace.run(
                "wg", "set", pair.right.interface, "peer", pair.left.keys.publicKey, "preshared-key", other,
                "allowed-ips", "10.0.0.1/32,fd00::1/128")
            try #expect(!pair.left.namespace.reaches("10.0.0.2"))
            // Asked until an answer could not have been missed: a new handshake was tried and came to nothing.
            for _ in 0..<6 { try #expect(!pair.left.namespace.reaches("fd00::2")) }
            #expect(try pair.right.lastHandshake(with: pair.left) == 0)
        }
    }

    /// The MTU changes while the tunnel is in use, up and down.
    @Test(arguments: Pairing.all)
    func aChangedMTUTakesEffect(_ pairing: Pairing) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing)
            try await pair.expectTraffic()
            for mtu in [8_000, 1_300, 20_000] {
                for end in [pair.left, pair.right] {
                    try end.namespace.run("ip", "link", "set", end.interface, "mtu", "\(mtu)")
                }
                try await pair.expectTraffic(payload: mtu - 48)
            }
        }
    }

    @Test(arguments: Implementation.others)
    func whatIsNotAmongTheAllowedIPsIsDropped(_ other: Implementation) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: other, responder: .cvland))
            try await pair.expectTraffic()
            // The left one claims an address that the right one does not allow it, and later does.
            try pair.left.namespace.run("ip", "address", "add", "10.0.0.77/32", "dev", pair.left.interface)
            try #expect(!pair.left.namespace.reaches("10.0.0.2", from: "10.0.0.77"))
            try pair.right.namespace.run(
                "wg", "set", pair.right.interface, "peer", pair.left.keys.publicKey, "allowed-ips",
                "10.0.0.1/32,10.0.0.77/32")
            try await eventually("the allowed source passes") {
                try pair.left.namespace.reaches("10.0.0.2", from: "10.0.0.77")
            }
        }
    }
}
