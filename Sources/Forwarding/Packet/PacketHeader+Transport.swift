internal import Addressing

extension PacketHeader {
    static let tcpHeaderLength = 20

    mutating func parseTransport(_ bytes: UnsafeRawBufferPointer, extent: Extent) throws(PacketFault) {
        let available = min(bytes.count, totalLength) - transportOffset
        let short = fragment == .first ? PacketFault.evasiveFragment : .truncated
        switch protocolNumber {
        case IPProtocol.icmp where family == .v4, IPProtocol.icmpv6 where family == .v6:
            guard available >= 8 else { throw short }
            icmpType = bytes.byte(at: transportOffset)
            if icmpRole != .other, icmpRole != .error {
                icmpIdentifier = bytes.number(at: transportOffset + 4, as: UInt16.self)
            }
        case IPProtocol.tcp where extent == .whole:
            guard available >= Self.tcpHeaderLength else { throw short }
            readPorts(bytes)
            tcpFlags = TCPFlags(rawValue: bytes.byte(at: transportOffset + 13))
            let headerLength = Int(bytes.byte(at: transportOffset + 12) >> 4) * 4
            guard headerLength >= Self.tcpHeaderLength else { throw .malformed }
            guard available >= headerLength else { throw short }
        case let number where IPProtocol.hasPorts(number):
            guard available >= 8 else { throw short }
            readPorts(bytes)
        default:
            break
        }
    }

    private mutating func readPorts(_ bytes: UnsafeRawBufferPointer) {
        sourcePort = bytes.number(at: transportOffset, as: UInt16.self)
        destinationPort = bytes.number(at: transportOffset + 2, as: UInt16.self)
    }
}

// MARK: - ICMP (RFC 792, RFC 4443)

/// What an ICMP message is to a flow.
enum ICMPRole {
    /// Opens a flow that its replies belong to: echo and timestamp requests.
    case query
    case reply
    /// Speaks of another packet, which it quotes.
    case error
    /// Judged by itself: redirects, router and group messages.
    case other
}

extension PacketHeader {
    var isICMP: Bool {
        family == .v4 ? protocolNumber == IPProtocol.icmp : protocolNumber == IPProtocol.icmpv6
    }

    var icmpRole: ICMPRole {
        switch (family, icmpType) {
        case (.v4, 8), (.v4, 13), (.v6, 128): .query
        case (.v4, 0), (.v4, 14), (.v6, 129): .reply
        case (.v4, 3), (.v4, 4), (.v4, 11), (.v4, 12), (.v6, 1...4): .error
        default: .other
        }
    }

    /// The type of the query that this query or reply belongs to.
    var icmpQueryType: UInt8 {
        switch (family, icmpType) {
        case (.v4, 0): 8
        case (.v4, 14): 13
        case (.v6, 129): 128
        default: icmpType
        }
    }
}
