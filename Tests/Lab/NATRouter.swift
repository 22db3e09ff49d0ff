/// A router that hides a network behind its own address (nftables' masquerade), as those in homes do.
package struct NATRouter: Sendable {
    package let namespace: Namespace
    /// Names of its ends of the cables.
    private let inside: String
    private let outside: String

    /// Between `hidden`, 192.168.1.2, and `open`, 192.0.2.2, who sees 192.0.2.1.
    package init(_ lab: Lab, hidden: Namespace, open: Namespace, ports: ClosedRange<Int>) throws {
        namespace = try lab.namespace("router")
        inside = try lab.connect(namespace, ["192.168.1.1/24"], hidden, ["192.168.1.2/24"]).a
        outside = try lab.connect(namespace, ["192.0.2.1/24"], open, ["192.0.2.2/24"]).a
        try hidden.run("ip", "route", "add", "default", "via", "192.168.1.1")
        try namespace.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        try translate(to: ports)
    }

    /// Sends from other ports from now on, also what has begun before: as after a restart.
    package func restart(with ports: ClosedRange<Int>) throws {
        // The kernel forgets what it has translated when the interface goes.
        try namespace.run("ip", "link", "set", outside, "down")
        try translate(to: ports)
        try namespace.run("ip", "link", "set", outside, "up")
    }

    private func translate(to ports: ClosedRange<Int>) throws {
        try namespace.run("nft", "flush", "ruleset")
        try namespace.run(
            "nft",
            """
            table ip nat {
                chain postrouting {
                    type nat hook postrouting priority srcnat
                    oifname "\(outside)" meta l4proto udp masquerade to :\(ports.lowerBound)-\(ports.upperBound)
                    oifname "\(outside)" masquerade
                }
            }
            """)
    }
}
