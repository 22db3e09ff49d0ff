internal import Glibc

/// What happened to interfaces and addresses of the namespace.
package enum NetlinkEvent: Hashable, Sendable {
    /// A new interface, or one that changed: its name, MTU or state as they are now.
    case link(Link)
    /// Deleted, or moved to another namespace: the device's own descriptor tells which (`TUNDevice.exists`).
    case linkGone(Link)
    case addressAdded(InterfaceAddress)
    case addressGone(InterfaceAddress)
    /// Events were lost: ask anew for whatever matters.
    case overrun

    /// Of which interface it is; `nil`: of any.
    package var interface: UInt32? {
        switch self {
        case .link(let link), .linkGone(let link): link.index
        case .addressAdded(let address), .addressGone(let address): address.interface
        case .overrun: nil
        }
    }
}

/// Hears about changes of interfaces and addresses in the namespace in which it was made. One thread at a time.
package final class NetlinkMonitor {
    /// To be polled for reading; non-blocking.
    package var descriptor: Descriptor { socket.descriptor }
    private let socket: NetlinkSocket

    package init() throws(IOError) {
        socket = try NetlinkSocket(groups: NetlinkGroup.link | NetlinkGroup.addressV4 | NetlinkGroup.addressV6)
    }

    /// All events that wait; empty when none does.
    package func read() throws(IOError) -> [NetlinkEvent] {
        var events: [NetlinkEvent] = []
        while true {
            do throws(IOError) {
                events += (try socket.receive() ?? []).compactMap(Self.event)
            } catch {
                switch error.code {
                case EAGAIN: return events
                case ENOBUFS: events.append(.overrun)
                default: throw error
                }
            }
        }
    }

    package static func event(_ message: NetlinkMessage) -> NetlinkEvent? {
        switch message.type {
        case NetlinkType.newLink: message.link.map(NetlinkEvent.link)
        case NetlinkType.deleteLink: message.link.map(NetlinkEvent.linkGone)
        case NetlinkType.newAddress: message.interfaceAddress.map(NetlinkEvent.addressAdded)
        case NetlinkType.deleteAddress: message.interfaceAddress.map(NetlinkEvent.addressGone)
        default: nil
        }
    }
}
