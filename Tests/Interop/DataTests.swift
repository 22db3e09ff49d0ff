import Addressing
import TestLab
import TestTunnels
import Testing

/// Data under all conditions: what comes out of the tunnel is what went in.
@Suite(.serialized) struct DataTests {
    @Test(arguments: Conditions.all)
    func dataPassesUnchangedBothWays(_ conditions: Conditions) async throws {
        try await withLab { lab in
            let pair = try await conditions.pair(lab)
            try await pair.expectTraffic()
            for (inside, headers) in [(0, 28), (1, 48)] {
                let (near, far) = (Pair.leftInside[inside], Pair.rightInside[inside])
                for (end, address) in [(pair.left, far), (pair.right, near)] {
                    // What is too long comes back to the kernel, which learns from it.
                    if conditions.mtu > conditions.longestPacket {
                        _ = try end.namespace.reaches(address, payload: conditions.mtu - headers)
                    }
                    try expectLongestPacket(end.namespace, to: address, payload: conditions.longestPacket - headers)
                }
                let (left, right) = (pair.left.namespace, pair.right.namespace)
                let (nearAddress, farAddress) = (try #require(IPAddress(near)), try #require(IPAddress(far)))
                var streams = try StreamExchange(4, from: left, to: right, at: farAddress, total: 4 << 20)
                try streams.run()
                // Around the padding's steps, the longest of one packet, and such as go in fragments.
                let whole = conditions.longestPacket - headers
                let sizes = [0, 1, 15, 16, 17, 1_201, whole - 1, whole, whole + 1, whole * 3 + 7, 65_507]
                try DatagramExchange((left, nearAddress), (right, farAddress)).run(
                    sizes: sizes.map { min($0, 65_507) })
            }
        }
    }

    /// The kernel learns what fits a datagram, and then sends no longer packets, whoever asks.
    @Test(arguments: Underlay.allCases)
    func packetsThatFitNoDatagramAreAnswered(over underlay: Underlay) async throws {
        try await withLab { lab in
            let conditions = Conditions(other: .cvland, underlay: underlay, hasOffloads: true, mtu: 65_520)
            let pair = try await conditions.pair(lab)
            try await pair.expectTraffic()
            for (address, headers) in [("10.0.0.2", 28), ("fd00::2", 48)] {
                func ping(_ count: Int) throws -> CommandResult {
                    try pair.left.namespace.attempt(
                        "ping", "-n", "-c", "1", "-W", "2", "-M", "do", "-s", "\(count - headers)", address)
                }
                let tooLong = try ping(conditions.longestPacket + 1)
                #expect(!tooLong.succeeded)
                let answers = ["Frag needed and DF set (mtu = ", "Packet too big: mtu="].map {
                    "\($0)\(conditions.longestPacket)"
                }
                #expect(answers.contains { tooLong.output.contains($0) }, "\(tooLong.output)")
                #expect(try ping(conditions.longestPacket).succeeded)
                let route = try pair.left.namespace.run("ip", "route", "get", address)
                #expect(route.contains("mtu \(conditions.longestPacket)"), "\(route)")
            }
        }
    }

    /// Not to be fragmented on the way.
    private func expectLongestPacket(_ space: Namespace, to address: String, payload: Int) throws {
        let result = try space.attempt(
            "ping", "-n", "-q", "-c", "1", "-W", "2", "-M", "do", "-s", "\(payload)", address)
        #expect(result.succeeded, "\(result.output)\(result.errors)")
    }
}
