import TestLab
import TestTunnels
import Testing

/// Not serialized: two minutes are long enough once.
@Suite struct RekeyTests {
    /// The real thing: after two minutes the initiator makes new keys, and nothing is lost meanwhile.
    @Test(arguments: Pairing.all)
    func sessionsAreRenewedAfterTwoMinutesWithoutLoss(_ pairing: Pairing) async throws {
        try await withLab { lab in
            let pair = try await Pair(lab, pairing)
            try await pair.expectTraffic()
            let first = try pair.left.lastHandshake(with: pair.right)
            // Ten a second, both ways, for longer than REKEY_AFTER_TIME.
            let pings = try [
                pair.left.namespace.start("ping", "ping", "-n", "-q", "-i", "0.1", "-c", "1300", "10.0.0.2"),
                pair.right.namespace.start("ping", "ping", "-n", "-q", "-i", "0.1", "-c", "1300", "fd00::1"),
            ]
            for ping in pings {
                try await ping.waitForExit(within: .seconds(180))
                #expect(ping.log.contains(" 0% packet loss"), "\(ping.log)")
            }
            #expect(try pair.left.lastHandshake(with: pair.right) >= first + 119)
        }
    }
}
