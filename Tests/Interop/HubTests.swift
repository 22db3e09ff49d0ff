import TestLab
import TestTunnels
import Testing

/// One `cvland` with many peers, as a gateway has them.
@Suite(.serialized) struct HubTests {
    @Test func everyPeerIsReachedByItsAllowedIPs() async throws {
        try await withLab { lab in
            let hubSpace = try lab.namespace("hub")
            let underlay = try lab.makeSwitch()
            try underlay.plug(hubSpace, ["192.0.2.100/24"])
            let hub = try await Tunnel(.cvland, in: hubSpace, "h", lab)
            var sections: [PeerSection] = []
            var spokes: [Tunnel] = []
            for number in 1...6 {
                let space = try lab.namespace("s\(number)")
                try underlay.plug(space, ["192.0.2.\(number)/24"])
                let spoke = try await Tunnel(number % 2 == 0 ? .cvland : .wireguardGo, in: space, "s\(number)", lab)
                try spoke.configure([
                    PeerSection(hub, ["10.0.0.0/24", "fd00::/64"], endpoint: "192.0.2.100:51820", keepalive: 1)
                ])
                try spoke.bringUp(["10.0.0.\(number)/24", "fd00::\(number)/64"])
                sections.append(PeerSection(spoke, ["10.0.0.\(number)/32", "fd00::\(number)/128"]))
                spokes.append(spoke)
            }
            try hub.configure(port: 51820, sections)
            try hub.bringUp(["10.0.0.100/24", "fd00::100/64"])
            for number in 1...6 {
                for address in ["10.0.0.\(number)", "fd00::\(number)"] {
                    try await eventually("the hub reaches \(address)") { try hubSpace.reaches(address) }
                }
            }
            // From spoke to spoke, through the hub's own kernel.
            try hubSpace.run(
                "sh", "-c", "echo 1 | tee /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding")
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
