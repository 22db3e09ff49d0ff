package import Addressing

/// What the filter and the forwarder need of a packet's IP and transport headers.
@frozen
package struct PacketHeader: Sendable {
    @frozen
    package enum Fragment: UInt8, Sendable {
        /// A whole packet.
        case whole
        /// The first part of one, with the transport header.
        case first
        /// Another part, without ports.
        case later
    }

    package var family: IPFamily
    /// Addresses as numbers in host byte order, as in `IPAddress`.
    package var source: UInt128
    package var destination: UInt128
    /// From the first byte of the IP header to the last of the payload; bytes after it are padding.
    package var totalLength: Int
    /// Of the transport header, behind IPv6's extension headers.
    package var protocolNumber: UInt8
    package var transportOffset: Int

    package var fragment = Fragment.whole
    package var fragmentID: UInt32 = 0
    /// In bytes.
    package var fragmentOffset = 0
    /// Where the fragment's payload ends in the whole packet's.
    package var fragmentEnd = 0

    /// 0 where the protocol has none.
    package var sourcePort: UInt16 = 0
    package var destinationPort: UInt16 = 0
    package var tcpFlags = TCPFlags(rawValue: 0)
    package var icmpType: UInt8 = 0
    /// Of ICMP queries and their replies.
    package var icmpIdentifier: UInt16 = 0

    package var sourceAddress: IPAddress { IPAddress(family: family, value: source) }
    package var destinationAddress: IPAddress { IPAddress(family: family, value: destination) }
}

package struct TCPFlags: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let fin = TCPFlags(rawValue: 1)
    package static let syn = TCPFlags(rawValue: 2)
    package static let rst = TCPFlags(rawValue: 4)
    package static let ack = TCPFlags(rawValue: 16)

    /// Whether the segment asks for a new connection.
    var opens: Bool { self.contains(.syn) && self.isDisjoint(with: [.ack, .rst, .fin]) }
}

extension PacketHeader {
    /// How much of a packet there is to read.
    enum Extent {
        /// All of it.
        case whole
        /// Its head, as an ICMP error quotes it: headers and at least the first 8 bytes after them (RFC 792).
        case quotation
    }

    /// Reads the headers of the packet that `bytes` begin with.
    package init(parsing bytes: UnsafeRawBufferPointer) throws(PacketFault) {
        try self.init(parsing: bytes, extent: .whole)
    }

    init(parsing bytes: UnsafeRawBufferPointer, extent: Extent) throws(PacketFault) {
        guard let first = bytes.first else { throw .truncated }
        switch first >> 4 {
        case 4: try self.init(parsingIPv4: bytes, extent: extent)
        case 6: try self.init(parsingIPv6: bytes, extent: extent)
        default: throw .malformed
        }
        if fragment != .later {
            try parseTransport(bytes, extent: extent)
        } else if protocolNumber == IPProtocol.tcp, fragmentOffset < Self.tcpHeaderLength {
            throw .evasiveFragment
        }
    }
}
