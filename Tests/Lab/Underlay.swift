extension Lab {
    /// Joins two namespaces by a cable (a veth pair) and gives its ends their addresses. Both ends are up, and usable at
    /// once: IPv6 addresses are without duplicate address detection.
    /// - Returns: the names of the two interfaces.
    @discardableResult
    package func connect(
        _ a: Namespace, _ addressesOfA: [String], _ b: Namespace, _ addressesOfB: [String], mtu: Int = 1500
    ) throws -> (a: String, b: String) {
        let (nameOfA, nameOfB) = ("to-" + b.label, "to-" + a.label)
        try host(
            "ip", "link", "add", nameOfA, "mtu", "\(mtu)", "netns", a.name, "type", "veth", "peer", "name", nameOfB,
            "mtu",
            "\(mtu)", "netns", b.name)
        try a.configure(nameOfA, addressesOfA)
        try b.configure(nameOfB, addressesOfB)
        return (nameOfA, nameOfB)
    }

    /// A switch that any number of namespaces are plugged into.
    package func makeSwitch(_ label: String = "switch", mtu: Int = 1500) throws -> Switch {
        let namespace = try namespace(label)
        try namespace.run("ip", "link", "add", "br0", "mtu", "\(mtu)", "type", "bridge", "forward_delay", "0")
        try namespace.run("ip", "link", "set", "br0", "up")
        return Switch(namespace: namespace, lab: self, mtu: mtu)
    }
}

/// An Ethernet switch: a bridge in a namespace of its own.
package struct Switch: Sendable {
    /// Its ports are named `to-LABEL`.
    package let namespace: Namespace
    let lab: Lab
    let mtu: Int

    /// Joins a namespace to the switch by its interface `to-SWITCH`.
    /// - Returns: the interface's name.
    @discardableResult
    package func plug(_ other: Namespace, _ addresses: [String]) throws -> String {
        let names = try lab.connect(other, addresses, namespace, [], mtu: mtu)
        try namespace.run("ip", "link", "set", names.b, "master", "br0")
        return names.a
    }
}

extension Namespace {
    /// Without the lab's mark, and short enough for `to-LABEL` to name an interface.
    fileprivate var label: String {
        String(name.dropFirst(lab.mark.count + 1).prefix(12))
    }

    /// Adds addresses to an interface and brings it up.
    package func configure(_ interface: String, _ addresses: [String]) throws {
        let lines = addresses.map { "address add \($0) dev \(interface)" + ($0.contains(":") ? " nodad" : "") }
        let text = (lines + ["link set \(interface) up"]).joined(separator: "\n") + "\n"
        _ = try lab.checked(enter + ["ip", "-batch", "-"], input: text, timeout: .seconds(30))
    }
}
