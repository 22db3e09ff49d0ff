internal import Addressing
internal import Glibc

/// A message to the kernel: header, a fixed structure, attributes; integers in the machine's own byte order.
struct NetlinkRequest {
    private(set) var bytes: [UInt8]
    let isDump: Bool

    init(_ type: UInt16, _ flags: NetlinkFlags) {
        bytes = []
        isDump = flags.isSuperset(of: .dump)
        append(UInt32(0))  // length: see `finished`
        append(type)
        append(flags.union(.request).rawValue)
        append(UInt32(0))  // sequence number: see `finished`
        append(UInt32(0))  // port: the kernel fills it in
    }

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func attribute(_ type: UInt16, _ value: some Collection<UInt8>) {
        append(UInt16(4 + value.count))
        append(type)
        bytes.append(contentsOf: value)
        bytes.append(contentsOf: repeatElement(0, count: (4 - value.count % 4) % 4))
    }

    mutating func attribute(_ type: UInt16, _ value: UInt32) {
        withUnsafeBytes(of: value) { attribute(type, Array($0)) }
    }

    /// The whole message, ready to be sent.
    func finished(sequence: UInt32) -> [UInt8] {
        var message = bytes
        withUnsafeBytes(of: UInt32(bytes.count)) { message.replaceSubrange(0..<4, with: $0) }
        withUnsafeBytes(of: sequence) { message.replaceSubrange(8..<12, with: $0) }
        return message
    }
}

extension NetlinkRequest {
    /// With `struct ifinfomsg`.
    static func link(
        _ type: UInt16, _ flags: NetlinkFlags, index: UInt32 = 0, interfaceFlags: UInt32 = 0, change: UInt32 = 0
    ) -> NetlinkRequest {
        var request = NetlinkRequest(type, flags)
        request.append(UInt8(AF_UNSPEC))
        request.append(UInt8(0))
        request.append(UInt16(0))
        request.append(index)
        request.append(interfaceFlags)
        request.append(change)
        return request
    }

    /// With `struct ifaddrmsg`.
    static func address(
        _ type: UInt16, _ flags: NetlinkFlags, family: IPFamily?, prefixLength: Int = 0, interface: UInt32
    ) -> NetlinkRequest {
        var request = NetlinkRequest(type, flags)
        request.append(family.addressFamily)
        request.append(UInt8(prefixLength))
        request.append(UInt8(0))  // flags: as an attribute
        request.append(UInt8(0))  // scope: global
        request.append(interface)
        return request
    }

    /// With `struct rtmsg`.
    static func route(
        _ type: UInt16, _ flags: NetlinkFlags, family: IPFamily?, prefixLength: Int = 0, table: UInt8 = 0,
        origin: UInt8 = 0, scope: UInt8 = 0, kind: UInt8 = 0
    ) -> NetlinkRequest {
        var request = NetlinkRequest(type, flags)
        request.append(family.addressFamily)
        request.append(UInt8(prefixLength))
        request.append(UInt8(0))  // source prefix length
        request.append(UInt8(0))  // type of service
        request.append(table)
        request.append(origin)
        request.append(scope)
        request.append(kind)
        request.append(UInt32(0))  // flags
        return request
    }
}

extension IPFamily? {
    /// AF_…; AF_UNSPEC for `nil`.
    fileprivate var addressFamily: UInt8 {
        switch self {
        case .v4: UInt8(AF_INET)
        case .v6: UInt8(AF_INET6)
        case nil: UInt8(AF_UNSPEC)
        }
    }
}
