internal import Addressing

// RFC 8200.
extension PacketHeader {
    static let ipv6HeaderLength = 40
    /// RFC 8200 §4.1 recommends seven at most.
    private static let maximumExtensionHeaders = 8

    init(parsingIPv6 bytes: UnsafeRawBufferPointer, extent: Extent) throws(PacketFault) {
        guard bytes.count >= Self.ipv6HeaderLength else { throw .truncated }
        family = .v6
        source = bytes.number(at: 8, as: UInt128.self)
        destination = bytes.number(at: 24, as: UInt128.self)
        totalLength = Self.ipv6HeaderLength + Int(bytes.number(at: 4, as: UInt16.self))
        protocolNumber = bytes.byte(at: 6)
        transportOffset = Self.ipv6HeaderLength
        guard extent == .quotation || bytes.count >= totalLength else { throw .truncated }
        try skipExtensionHeaders(bytes)
    }

    private mutating func skipExtensionHeaders(_ bytes: UnsafeRawBufferPointer) throws(PacketFault) {
        let end = min(bytes.count, totalLength)
        for _ in 0..<Self.maximumExtensionHeaders {
            switch protocolNumber {
            case IPProtocol.hopByHopOptions, IPProtocol.routing, IPProtocol.destinationOptions,
                IPProtocol.authentication, IPProtocol.fragment:
                break
            default:
                return
            }
            guard transportOffset + 8 <= end else { throw .truncated }
            let length = Self.extensionLength(protocolNumber, units: Int(bytes.byte(at: transportOffset + 1)))
            guard transportOffset + length <= end else { throw .truncated }
            let isFragmentHeader = protocolNumber == IPProtocol.fragment
            if isFragmentHeader { try readFragmentHeader(bytes) }
            if protocolNumber == IPProtocol.routing, bytes.byte(at: transportOffset + 2) == 0 { throw .sourceRouted }
            protocolNumber = bytes.byte(at: transportOffset)
            transportOffset += length
            // What follows a later fragment's header is payload, whatever it looks like.
            if isFragmentHeader, fragment == .later { return }
        }
        throw .tooManyHeaders
    }

    private static func extensionLength(_ number: UInt8, units: Int) -> Int {
        switch number {
        case IPProtocol.fragment: 8
        case IPProtocol.authentication: (units + 2) * 4
        default: (units + 1) * 8
        }
    }

    private mutating func readFragmentHeader(_ bytes: UnsafeRawBufferPointer) throws(PacketFault) {
        guard fragment == .whole else { throw .malformed }
        let offsetAndMore = bytes.number(at: transportOffset + 2, as: UInt16.self)
        fragmentOffset = Int(offsetAndMore & 0xFFF8)
        let more = offsetAndMore & 1 != 0
        // Offset 0 and nothing more to come: an "atomic fragment" (RFC 6946), which is a whole packet.
        guard more || fragmentOffset > 0 else { return }
        fragment = fragmentOffset == 0 ? .first : .later
        fragmentID = bytes.number(at: transportOffset + 4, as: UInt32.self)
        fragmentEnd = fragmentOffset + totalLength - transportOffset - 8
        guard fragmentEnd <= Int(UInt16.max) else { throw .malformed }
    }
}
