// Numbers of <linux/netlink.h> and <linux/rtnetlink.h>, several of which are macros that Swift does not see.

enum NetlinkType {
    static let noop: UInt16 = 1
    static let error: UInt16 = 2
    static let done: UInt16 = 3
    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let getLink: UInt16 = 18
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let getAddress: UInt16 = 22
    static let newRoute: UInt16 = 24
    static let deleteRoute: UInt16 = 25
    static let getRoute: UInt16 = 26
}

package struct NetlinkFlags: OptionSet {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let request = NetlinkFlags(rawValue: 0x1)
    package static let acknowledge = NetlinkFlags(rawValue: 0x4)
    /// In dumps: they changed while they were read, and may be inconsistent.
    package static let interrupted = NetlinkFlags(rawValue: 0x10)
    package static let dump = NetlinkFlags(rawValue: 0x300)
    package static let exclusive = NetlinkFlags(rawValue: 0x200)
    package static let create = NetlinkFlags(rawValue: 0x400)
    /// In errors: the request is not repeated beyond its header.
    package static let capped = NetlinkFlags(rawValue: 0x100)
    /// In errors: attributes follow.
    package static let acknowledgeAttributes = NetlinkFlags(rawValue: 0x200)
}

enum NetlinkAttributeType {
    static let linkName: UInt16 = 3
    static let linkMTU: UInt16 = 4
    static let address: UInt16 = 1
    static let addressLocal: UInt16 = 2
    static let addressFlags: UInt16 = 8
    static let routeDestination: UInt16 = 1
    static let routeOutput: UInt16 = 4
    static let routeGateway: UInt16 = 5
    static let routePriority: UInt16 = 6
    static let routeTable: UInt16 = 15
    static let errorMessage: UInt16 = 1
}

enum NetlinkGroup {
    static let link: UInt32 = 0x1
    static let addressV4: UInt32 = 0x10
    static let addressV6: UInt32 = 0x100
}
