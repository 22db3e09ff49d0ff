internal import Addressing

// RFC 791 §3.1.
extension PacketHeader {
    static let minimumIPv4Header = 20

    init(parsingIPv4 bytes: UnsafeRawBufferPointer, extent: Extent) throws(PacketFault) {
        guard bytes.count >= Self.minimumIPv4Header else { throw .truncated }
        let headerLength = Int(bytes.byte(at: 0) & 15) * 4
        let totalLength = Int(bytes.number(at: 2, as: UInt16.self))
        guard headerLength >= Self.minimumIPv4Header, totalLength >= headerLength else { throw .malformed }
        guard bytes.count >= (extent == .whole ? totalLength : headerLength) else { throw .truncated }

        family = .v4
        source = UInt128(bytes.number(at: 12, as: UInt32.self))
        destination = UInt128(bytes.number(at: 16, as: UInt32.self))
        self.totalLength = totalLength
        protocolNumber = bytes.byte(at: 9)
        transportOffset = headerLength

        let flagsAndOffset = bytes.number(at: 6, as: UInt16.self)
        if flagsAndOffset & 0x3FFF != 0 {
            fragmentOffset = Int(flagsAndOffset & 0x1FFF) * 8
            fragment = fragmentOffset == 0 ? .first : .later
            fragmentID = UInt32(bytes.number(at: 4, as: UInt16.self))
            fragmentEnd = fragmentOffset + totalLength - headerLength
            guard fragmentEnd <= Int(UInt16.max) else { throw .malformed }
        }
        if headerLength > Self.minimumIPv4Header {
            try Self.checkOptions(UnsafeRawBufferPointer(rebasing: bytes[Self.minimumIPv4Header..<headerLength]))
        }
    }

    private static func checkOptions(_ options: UnsafeRawBufferPointer) throws(PacketFault) {
        let endOfList: UInt8 = 0, noOperation: UInt8 = 1, looseSourceRoute: UInt8 = 131, strictSourceRoute: UInt8 = 137
        var offset = 0
        while offset < options.count {
            let kind = options.byte(at: offset)
            if kind == endOfList { return }
            if kind == noOperation {
                offset += 1
                continue
            }
            guard kind != looseSourceRoute, kind != strictSourceRoute else { throw .sourceRouted }
            guard offset + 1 < options.count else { throw .malformed }
            let length = Int(options.byte(at: offset + 1))
            guard length >= 2, offset + length <= options.count else { throw .malformed }
            offset += length
        }
    }
}
