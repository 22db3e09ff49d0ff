/// The sender has deleted security associations of its own (RFC 7296 §3.11).
package enum Delete: Hashable, Sendable {
    /// The IKE SA that the message came in.
    case ike
    /// By the SPIs that the sender receives with.
    case esp([UInt32])
    case ah([UInt32])
}

extension Delete {
    private static let spiCount = 4

    /// protocol 1 │ SPI size 1 │ number of SPIs 2 │ SPIs
    static func decode(_ cursor: inout ByteCursor) throws(MessageError) -> Delete {
        let start = cursor.position
        let proto = try SecurityProtocol(rawValue: cursor.uint8())
        let size = try Int(cursor.uint8())
        let count = try Int(cursor.uint16())
        if proto == .ike {
            guard size == 0, count == 0 else { throw MessageError(.malformed(.payload(.delete)), at: start) }
            return .ike
        }
        guard proto == .esp || proto == .ah, size == spiCount else {
            throw MessageError(.malformed(.payload(.delete)), at: start)
        }
        guard count <= MessageLimits.deletedSPIs else { throw MessageError(.tooMany(.spis), at: start) }
        var spis: [UInt32] = []
        for _ in 0..<count { try spis.append(cursor.uint32()) }
        return proto == .esp ? .esp(spis) : .ah(spis)
    }

    func encode(to writer: inout ByteWriter) {
        let (proto, spis): (SecurityProtocol, [UInt32]) =
            switch self {
            case .ike: (.ike, [])
            case .esp(let spis): (.esp, spis)
            case .ah(let spis): (.ah, spis)
            }
        writer.write(proto.rawValue)
        writer.write(UInt8(proto == .ike ? 0 : Self.spiCount))
        writer.write(UInt16(spis.count))
        for spi in spis { writer.write(spi) }
    }
}
