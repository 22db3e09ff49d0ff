import TestLab
import TestTunnels
import Testing

/// One `cvland` with many peers, as a gateway has them.
@Suite(.serialized) struct HubTests {
    @Test func everyPeerIsReachedByItsAllowedIPs() async throws {
        try await withLab { lab in
            let star = try await Star(lab, spokes: 6, keepalive: 1) { $0 % 2 == 0 ? .cvland : .wireguardGo }
            let (hub, spokes) = (star.hub, star.spokes)
            let hubSpace = hub.namespace
            for number in 1...6 {
                for address in Star.inside(number) {
                    try await eventually("the hub reaches \(address)") { try hubSpace.reaches(address) }
                }
            }
            // From spoke to spoke, through the hub's own kernel.
            try star.forward()
            for spoke in spokes {
                try #expect(spoke.namespace.reaches("10.0.0.6"))
                try #expect(spoke.namespace.reaches("fd00::1"))
            }
            // Taking one away disturbs none of the others.
            let handshakes = try hub.show("latest-handshakes")
            try hubSpace.run("wg", "set", hub.interface, "peer", spokes[0].keys.publicKey, "remove")
            try #expect(!hubSpace.reaches("10.0.0.1"))
            for number in 2...6 { try #expect(hubSpace.reaches("10.0.0.\(number)")) }
            var left = handshakes
            left[spokes[0].keys.publicKey] = nil
            #expect(try hub.show("latest-handshakes") == left)
        }
    }
}
