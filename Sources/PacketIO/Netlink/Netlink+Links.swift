internal import CLinux
internal import Glibc

extension Netlink {
    /// The interface of that name; `isNotFound` when there is none.
    package func link(named name: String) throws(IOError) -> Link {
        guard TUNDevice.isValid(name: name) else { throw IOError(ENODEV, "interface \(name)") }
        var request = NetlinkRequest.link(NetlinkType.getLink, .acknowledge)
        request.attribute(NetlinkAttributeType.linkName, Array(name.utf8) + [0])
        return try first(request, "interface \(name)")
    }

    package func link(index: UInt32) throws(IOError) -> Link {
        guard index > 0 else { throw IOError(ENODEV, "interface 0") }
        return try first(.link(NetlinkType.getLink, .acknowledge, index: index), "interface \(index)")
    }

    package func setUp(_ up: Bool, interface: UInt32) throws(IOError) {
        let request = NetlinkRequest.link(
            NetlinkType.newLink, .acknowledge, index: interface, interfaceFlags: up ? clinux_iff_up : 0,
            change: clinux_iff_up)
        _ = try socket.ask(request, "set interface \(interface) \(up ? "up" : "down")")
    }

    package func setMTU(_ mtu: UInt32, interface: UInt32) throws(IOError) {
        var request = NetlinkRequest.link(NetlinkType.newLink, .acknowledge, index: interface)
        request.attribute(NetlinkAttributeType.linkMTU, mtu)
        _ = try socket.ask(request, "set MTU of interface \(interface) to \(mtu)")
    }

    private func first(_ request: NetlinkRequest, _ operation: String) throws(IOError) -> Link {
        guard let link = try socket.ask(request, operation).lazy.compactMap(\.link).first else {
            throw IOError(ENODEV, operation)
        }
        return link
    }
}
