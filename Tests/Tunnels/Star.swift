package import TestLab

/// A hub and its spokes on one switch. Each spoke knows the hub alone, and has the whole of the inside behind it; the hub
/// waits to be spoken to. Inside, the hub is 10.0.0.100 and fd00::100, and spoke N 10.0.0.N and fd00::N.
package struct Star: Sendable {
    package let hub: Tunnel
    /// From number 1 on.
    package let spokes: [Tunnel]
    package let underlay: Switch
    /// What all of them call their end of their cable to the switch.
    package let cable: String

    package static let hubEndpoint = "192.0.2.100:51820"
    package static let hubInside = ["10.0.0.100", "fd00::100"]

    package static func inside(_ number: Int) -> [String] { ["10.0.0.\(number)", "fd00::\(number)"] }

    package init(
        _ lab: Lab, spokes count: Int, keepalive: Int? = nil, implementation: (Int) -> Implementation = { _ in .cvland }
    ) async throws {
        let hubSpace = try lab.namespace("hub")
        underlay = try lab.makeSwitch()
        cable = try underlay.plug(hubSpace, ["192.0.2.100/24"])
        hub = try await Tunnel(.cvland, in: hubSpace, "h", lab)
        var spokes: [Tunnel] = []
        for number in 1...count {
            let space = try lab.namespace("s\(number)")
            try underlay.plug(space, ["192.0.2.\(number)/24"])
            let spoke = try await Tunnel(implementation(number), in: space, "s\(number)", lab)
            try spoke.configure([
                PeerSection(hub, ["10.0.0.0/24", "fd00::/64"], endpoint: Self.hubEndpoint, keepalive: keepalive)
            ])
            try spoke.bringUp(["10.0.0.\(number)/24", "fd00::\(number)/64"])
            spokes.append(spoke)
        }
        self.spokes = spokes
        try hub.configure(
            port: 51820,
            spokes.enumerated().map { PeerSection($1, ["10.0.0.\($0 + 1)/32", "fd00::\($0 + 1)/128"]) })
        try hub.bringUp(["10.0.0.100/24", "fd00::100/64"])
    }

    /// Has the hub's kernel carry packets from spoke to spoke.
    package func forward() throws {
        try hub.namespace.run(
            "sh", "-c", "echo 1 | tee /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding")
    }
}
