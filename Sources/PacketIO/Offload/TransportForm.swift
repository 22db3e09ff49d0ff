/// Which headers a packet has that can be split or merged.
enum TransportForm: UInt8 {
    /// Others, or it does not matter.
    case none
    case tcp4
    case tcp6
    case udp4
    case udp6

    @inline(__always) var isIPv4: Bool { self == .tcp4 || self == .udp4 }
    @inline(__always) var isTCP: Bool { self == .tcp4 || self == .tcp6 }

    @inline(__always)
    var protocolNumber: UInt8 { isTCP ? TransportProtocol.tcp : TransportProtocol.udp }

    /// Where the source address begins in the IP header; the destination follows.
    @inline(__always)
    var addressesStart: Int { isIPv4 ? IPv4Field.source : IPv6Field.source }

    /// Of both addresses together.
    @inline(__always)
    var addressesCount: Int { isIPv4 ? IPv4Field.addressesCount : IPv6Field.addressesCount }

    /// The checksum's place in the transport header.
    @inline(__always)
    var checksumOffset: Int { isTCP ? TCPField.checksum : UDPField.checksum }
}
