package import Addressing

/// A network interface as the kernel describes it.
package struct Link: Hashable, Sendable {
    package let index: UInt32
    package let name: String
    package let mtu: UInt32
    /// Administratively up (IFF_UP).
    package let isUp: Bool

    package init(index: UInt32, name: String, mtu: UInt32, isUp: Bool) {
        self.index = index
        self.name = name
        self.mtu = mtu
        self.isUp = isUp
    }
}

/// An address of an interface, with the length of its network's prefix.
package struct InterfaceAddress: Hashable, Sendable {
    package let interface: UInt32
    package let prefix: IPPrefix
    /// Link-local addresses come and go by the kernel's own doing.
    package let isLinkLocal: Bool

    package init(interface: UInt32, prefix: IPPrefix, isLinkLocal: Bool) {
        self.interface = interface
        self.prefix = prefix
        self.isLinkLocal = isLinkLocal
    }
}

/// A unicast route.
package struct Route: Hashable, Sendable {
    package let destination: IPPrefix
    /// The interface that it leaves by; 0 for what has none, or several.
    package let interface: UInt32
    package let gateway: IPAddress?
    /// Who made it: RTPROT_…
    package let origin: UInt8
    package let table: UInt32
    /// Smaller is preferred (`metric` of `ip route`).
    package let metric: UInt32

    package init(
        destination: IPPrefix, interface: UInt32, gateway: IPAddress?, origin: UInt8, table: UInt32, metric: UInt32
    ) {
        self.destination = destination
        self.interface = interface
        self.gateway = gateway
        self.origin = origin
        self.table = table
        self.metric = metric
    }

    /// The protocol number of routes that we make, to know them again (not taken in iproute2's rt_protos).
    package static let ourOrigin: UInt8 = 191
    package static let mainTable: UInt32 = 254
}
