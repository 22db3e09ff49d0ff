import TestLab
import TestTunnels
import Testing

@Suite(.serialized) struct TimerTests {
    /// Without any traffic, the side that has keepalive set opens the session and keeps it warm.
    @Test(arguments: Pairing.all)
    func keepalivesOpenTheSessionAndGoOn(_ pairing: Pairing) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing, keepalive: 1)
            try await eventually("a handshake without traffic") {
                try pair.right.lastHandshake(with: pair.left) > 0
            }
            let before = try pair.right.received(from: pair.left)
            // An empty keepalive is 32 bytes.
            try await eventually("three keepalives") { try pair.right.received(from: pair.left) >= before + 96 }
        }
    }

    /// A receiver that has nothing to say answers data with an empty packet after ten seconds.
    @Test(arguments: Implementation.others)
    func dataThatIsNotAnsweredIsAcknowledgedByAKeepalive(_ other: Implementation) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: other, responder: .cvland))
            try await pair.expectTraffic()
            // Nobody answers to this address; multicast to nobody would do as well.
            try pair.right.namespace.run("ip", "address", "delete", "10.0.0.2/24", "dev", pair.right.interface)
            let before = try pair.left.received(from: pair.right)
            _ = try pair.left.namespace.reaches("10.0.0.2")
            try await eventually("the passive keepalive", within: .seconds(15)) {
                try pair.left.received(from: pair.right) > before
            }
            #expect(try pair.left.received(from: pair.right) == before + 32)
        }
    }

    /// Sessions are renewed under traffic without losing a packet: forced again and again by removing the peer on the
    /// other side and adding it anew (its session is gone; ours must notice and open another).
    @Test(arguments: Implementation.others)
    func aPeerThatForgotTheSessionGetsANewOne(_ other: Implementation) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, Pairing(initiator: .cvland, responder: other))
            try await pair.expectTraffic()
            for _ in 0..<3 {
                try pair.right.namespace.run(
                    "wg", "set", pair.right.interface, "peer", pair.left.keys.publicKey, "remove")
                try pair.right.configure(
                    port: 51820,
                    [
                        PeerSection(
                            pair.left, ["10.0.0.1/32", "fd00::1/128"],
                            endpoint: pair.underlay.endpoint(pair.underlay.left))
                    ])
                // The other side opens: our old session must give way.
                try await eventually("the other side opens anew") { try pair.right.namespace.reaches("10.0.0.1") }
                try await pair.expectTraffic()
            }
        }
    }
}
