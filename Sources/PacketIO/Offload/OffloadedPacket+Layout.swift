extension OffloadedPacket {
    /// Where the headers of a large packet are, and that they are sound.
    struct Layout {
        let form: TransportForm
        let transportStart: Int
        let headerCount: Int

        init(
            of bytes: UnsafeRawBufferPointer, _ base: UnsafeRawPointer, as type: VirtioNetHeader.SegmentationType
        ) throws(OffloadFault) {
            let isTCP: Bool
            let isIPv4 = base.byte(0) >> 4 == 4
            switch type.kind {
            case .tcp4 where isIPv4, .tcp6 where !isIPv4: isTCP = true
            case .udp: isTCP = false
            case .tcp4, .tcp6: throw .protocolMismatch
            default: throw .unknownSegmentation(type)
            }
            let wanted = isTCP ? TransportProtocol.tcp : TransportProtocol.udp
            if isIPv4 {
                transportStart = try Self.endOfIPv4(base, bytes.count, wanted)
                form = isTCP ? .tcp4 : .udp4
            } else {
                transportStart = try Self.endOfIPv6(base, bytes.count, wanted)
                form = isTCP ? .tcp6 : .udp6
            }
            let transport = base + transportStart
            let length = bytes.count &- transportStart
            if isTCP {
                guard length >= TCPField.minimumCount else { throw .header }
                let count = Int(transport.byte(TCPField.offsetAndFlags) >> 4) &* 4
                guard count >= TCPField.minimumCount, count <= length else { throw .header }
                headerCount = transportStart &+ count
            } else {
                guard length >= UDPField.count else { throw .header }
                guard Int(transport.number16(UDPField.length)) == length else { throw .lengthField }
                headerCount = transportStart &+ UDPField.count
            }
        }

        private static func endOfIPv4(_ base: UnsafeRawPointer, _ count: Int, _ wanted: UInt8) throws(OffloadFault)
            -> Int
        {
            guard count >= IPv4Field.minimumCount else { throw .header }
            let end = Int(base.byte(0) & 15) &* 4
            guard end >= IPv4Field.minimumCount, end <= count else { throw .header }
            guard Int(base.number16(IPv4Field.totalLength)) == count else { throw .lengthField }
            guard base.number16(IPv4Field.fragment) & 0x3FFF == 0 else { throw .fragment }
            guard base.byte(IPv4Field.protocolNumber) == wanted else { throw .protocolMismatch }
            return end
        }

        /// Extension headers that every segment repeats are passed over, as the kernel does: hop-by-hop and destination
        /// options, and routing. Others cannot stand before a segment.
        private static func endOfIPv6(_ base: UnsafeRawPointer, _ count: Int, _ wanted: UInt8) throws(OffloadFault)
            -> Int
        {
            guard base.byte(0) >> 4 == 6 else { throw .protocolMismatch }
            guard count >= IPv6Field.count else { throw .header }
            guard Int(base.number16(IPv6Field.payloadLength)) &+ IPv6Field.count == count else { throw .lengthField }
            var next = base.byte(IPv6Field.nextHeader)
            var end = IPv6Field.count
            while next != wanted {
                switch next {
                case IPv6Extension.hopByHop, IPv6Extension.routing, IPv6Extension.destination: break
                case IPv6Extension.fragment: throw .fragment
                default: throw .protocolMismatch
                }
                guard count &- end >= 8 else { throw .header }
                next = base.byte(end)
                end &+= (Int(base.byte(end &+ 1)) &+ 1) &* 8
                guard end <= count else { throw .header }
            }
            return end
        }
    }
}
