internal import Addressing
internal import CLinux
internal import Glibc

extension NetlinkMessage {
    /// From RTM_NEWLINK or RTM_DELLINK; `nil` when malformed.
    package var link: Link? {
        // struct ifinfomsg: family, padding, type, index, flags, change mask.
        guard let index = payload.integer(at: 4, UInt32.self), let flags = payload.integer(at: 8, UInt32.self),
            let attributes = attributes(after: 16)
        else { return nil }
        var name = ""
        var mtu: UInt32 = 0
        for attribute in attributes {
            switch attribute.type {
            case NetlinkAttributeType.linkName: name = attribute.text
            case NetlinkAttributeType.linkMTU: mtu = attribute.number ?? 0
            default: break
            }
        }
        return Link(index: index, name: name, mtu: mtu, isUp: flags & clinux_iff_up != 0)
    }

    /// From RTM_NEWADDR or RTM_DELADDR; `nil` when malformed or of another family than IPv4 and IPv6.
    package var interfaceAddress: InterfaceAddress? {
        // struct ifaddrmsg: family, prefix length, flags, scope, index.
        guard let family = family, let length = payload.integer(at: 1, UInt8.self),
            let scope = payload.integer(at: 3, UInt8.self), let index = payload.integer(at: 4, UInt32.self),
            let attributes = attributes(after: 8)
        else { return nil }
        // On point-to-point links IFA_ADDRESS is the other end's; IPv6 has IFA_LOCAL only then.
        let local = attributes.first { $0.type == NetlinkAttributeType.addressLocal }
        guard let value = (local ?? attributes.first { $0.type == NetlinkAttributeType.address })?.value,
            let address = IPAddress(bytes: value), address.family == family,
            let prefix = IPPrefix(address, length: Int(length))
        else { return nil }
        return InterfaceAddress(interface: index, prefix: prefix, isLinkLocal: scope == RT_SCOPE_LINK.rawValue)
    }

    /// From RTM_NEWROUTE or RTM_DELROUTE; `nil` when malformed, of another family, or not unicast.
    package var route: Route? {
        // struct rtmsg: family, lengths of destination and source, type of service, table, protocol, scope, type, flags.
        guard let family = family, let length = payload.integer(at: 1, UInt8.self),
            let shortTable = payload.integer(at: 4, UInt8.self), let origin = payload.integer(at: 5, UInt8.self),
            let kind = payload.integer(at: 7, UInt8.self), kind == UInt8(RTN_UNICAST),
            let attributes = attributes(after: 12)
        else { return nil }
        var destination = IPAddress(family: family, value: 0)
        var interface: UInt32 = 0
        var gateway: IPAddress?
        var table = UInt32(shortTable)
        var metric: UInt32 = 0
        for attribute in attributes {
            switch attribute.type {
            case NetlinkAttributeType.routeDestination:
                guard let address = IPAddress(bytes: attribute.value), address.family == family else { return nil }
                destination = address
            case NetlinkAttributeType.routeOutput: interface = attribute.number ?? 0
            case NetlinkAttributeType.routeGateway: gateway = IPAddress(bytes: attribute.value)
            case NetlinkAttributeType.routeTable: table = attribute.number ?? table
            case NetlinkAttributeType.routePriority: metric = attribute.number ?? 0
            default: break
            }
        }
        guard let prefix = IPPrefix(destination, length: Int(length)) else { return nil }
        return Route(
            destination: prefix, interface: interface, gateway: gateway, origin: origin, table: table, metric: metric)
    }

    private var family: IPFamily? {
        switch payload.integer(at: 0, UInt8.self).map({ Int32($0) }) {
        case AF_INET: .v4
        case AF_INET6: .v6
        default: nil
        }
    }
}
