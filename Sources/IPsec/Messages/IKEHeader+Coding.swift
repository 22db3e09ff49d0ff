extension IKEHeader {
    /// Major version 2, minor version 0.
    private static let version: UInt8 = 0x20
    private static let versionOffset = 17
    private static let lengthOffset = 24

    /// The header of a datagram, of which it says nothing else: enough to find whose it is before its payloads are read.
    ///
    /// The datagram must be as long as the header says.
    package static func decode(_ datagram: [UInt8]) throws(MessageError) -> IKEHeader {
        var cursor = ByteCursor(datagram)
        return try decode(&cursor).header
    }

    /// What the header of a message of another major version has where ours has it: enough to answer INVALID_MAJOR_VERSION
    /// (RFC 7296 §2.5).
    static func decodeOfOtherVersion(_ datagram: [UInt8]) -> IKEHeader? {
        guard datagram.count > versionOffset else { return nil }
        var datagram = datagram
        datagram[versionOffset] = version
        return try? decode(datagram)
    }

    static func decode(_ cursor: inout ByteCursor) throws(MessageError) -> (header: IKEHeader, first: PayloadType) {
        let whole = cursor.remaining
        guard whole >= byteCount else { throw MessageError(.malformed(.header), at: cursor.position) }
        let initiatorSPI = try cursor.uint64()
        let responderSPI = try cursor.uint64()
        let first = try PayloadType(rawValue: cursor.uint8())
        let version = try cursor.uint8()
        guard version >> 4 == Self.version >> 4 else {
            throw MessageError(.unsupportedMajorVersion(version >> 4), at: versionOffset)
        }
        let header = try IKEHeader(
            initiatorSPI: initiatorSPI, responderSPI: responderSPI, exchange: ExchangeType(rawValue: cursor.uint8()),
            flags: Flags(rawValue: cursor.uint8()), messageID: cursor.uint32())
        guard initiatorSPI != 0 else { throw MessageError(.malformed(.header), at: 0) }
        guard try Int(cursor.uint32()) == whole else { throw MessageError(.malformed(.header), at: lengthOffset) }
        return (header, first)
    }

    /// `count` is that of the whole message, this header with it.
    func encode(first: PayloadType, count: Int, to writer: inout ByteWriter) {
        writer.write(initiatorSPI)
        writer.write(responderSPI)
        writer.write(first.rawValue)
        writer.write(Self.version)
        writer.write(exchange.rawValue)
        writer.write(flags.rawValue)
        writer.write(messageID)
        writer.write(UInt32(count))
    }
}
