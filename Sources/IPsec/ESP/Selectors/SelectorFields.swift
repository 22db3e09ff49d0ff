internal import Addressing

/// What traffic selectors look at in a packet.
struct SelectorFields {
    let family: IPFamily
    let source: UInt128
    let destination: UInt128
    /// The upper layer's; 0 where it was not looked for.
    private(set) var proto: UInt8 = 0
    /// Ports of TCP, UDP and their like, or type and code of ICMP on both sides (RFC 4301 §4.4.1.1); `nil` where there are none to
    /// be seen.
    private(set) var sourcePort: UInt16?
    private(set) var destinationPort: UInt16?

    /// `nil` for what is too short or no IP packet.
    @inline(__always)
    init?(_ packet: UnsafeRawBufferPointer, wantsPorts: Bool) {
        guard let version = packet.first.map({ $0 >> 4 }) else { return nil }
        switch version {
        case 4 where packet.count >= 20:
            family = .v4
            source = UInt128(UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
            destination = UInt128(UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
        case 6 where packet.count >= 40:
            family = .v6
            source = UInt128(bigEndian: packet.loadUnaligned(fromByteOffset: 8, as: UInt128.self))
            destination = UInt128(bigEndian: packet.loadUnaligned(fromByteOffset: 24, as: UInt128.self))
        default: return nil
        }
        if wantsPorts { readUpperLayer(packet) }
    }

    @inline(never)
    private mutating func readUpperLayer(_ packet: UnsafeRawBufferPointer) {
        switch family {
        case .v4:
            proto = packet[9]
            let isLaterFragment = (UInt16(packet[6]) << 8 | UInt16(packet[7])) & 0x1FFF != 0
            if !isLaterFragment { readPorts(packet, at: Int(packet[0] & 0x0F) * 4) }
        case .v6:
            proto = packet[6]
            var offset = 40
            // As long as headers say where the next one is (RFC 8200 §4).
            while offset + 8 <= packet.count {
                switch proto {
                case 0, 43, 60:
                    proto = packet[offset]
                    offset += 8 + 8 * Int(packet[offset + 1])
                case 44:
                    let isLaterFragment = (UInt16(packet[offset + 2]) << 8 | UInt16(packet[offset + 3])) & 0xFFF8 != 0
                    proto = packet[offset]
                    guard !isLaterFragment else { return }
                    offset += 8
                default:
                    readPorts(packet, at: offset)
                    return
                }
            }
            readPorts(packet, at: offset)
        }
    }

    private mutating func readPorts(_ packet: UnsafeRawBufferPointer, at offset: Int) {
        switch proto {
        case 6, 17, 33, 132, 136:
            guard offset + 4 <= packet.count else { return }
            sourcePort = UInt16(bigEndian: packet.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            destinationPort = UInt16(bigEndian: packet.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self))
        case 1, 58:
            guard offset + 2 <= packet.count else { return }
            sourcePort = UInt16(bigEndian: packet.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            destinationPort = sourcePort
        default: break
        }
    }
}
