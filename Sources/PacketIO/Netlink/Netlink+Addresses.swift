package import Addressing
internal import CLinux
internal import Glibc

extension Netlink {
    package func addresses(of interface: UInt32) throws(IOError) -> [InterfaceAddress] {
        let request = NetlinkRequest.address(NetlinkType.getAddress, .dump, family: nil, interface: interface)
        do throws(IOError) {
            // Kernels that do not filter answer with all interfaces.
            return try socket.ask(request, "list addresses of interface \(interface)")
                .compactMap(\.interfaceAddress).filter { $0.interface == interface }
        } catch {
            // A filtered dump of an interface that is gone.
            guard error.isNotFound else { throw error }
            return []
        }
    }

    /// The prefix carries the address itself with the length of its network: `10.1.0.7/24`. IPv6 addresses are usable at
    /// once, without duplicate address detection: in the overlay they are allocated.
    package func addAddress(_ prefix: IPPrefix, to interface: UInt32) throws(IOError) {
        var request = change(NetlinkType.newAddress, [.create, .exclusive], prefix, interface)
        if prefix.family == .v6 {
            request.attribute(NetlinkAttributeType.addressFlags, UInt32(IFA_F_NODAD))
        }
        _ = try socket.ask(request, "add address \(prefix) to interface \(interface)")
    }

    package func deleteAddress(_ prefix: IPPrefix, from interface: UInt32) throws(IOError) {
        let request = change(NetlinkType.deleteAddress, [], prefix, interface)
        _ = try socket.ask(request, "delete address \(prefix) from interface \(interface)")
    }

    private func change(
        _ type: UInt16, _ flags: NetlinkFlags, _ prefix: IPPrefix, _ interface: UInt32
    ) -> NetlinkRequest {
        var request = NetlinkRequest.address(
            type, flags.union(.acknowledge), family: prefix.family, prefixLength: prefix.length, interface: interface)
        request.attribute(NetlinkAttributeType.addressLocal, prefix.address.bytes)
        request.attribute(NetlinkAttributeType.address, prefix.address.bytes)
        return request
    }
}
