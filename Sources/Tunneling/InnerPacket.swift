package import Addressing

/// As much of a decrypted packet's header as says where it ends and who sent it.
@frozen
package struct InnerPacket {
    package let family: IPFamily
    /// Bytes, as the header says: what comes after is padding.
    package let count: Int
    /// Host byte order; the one of the family.
    package let sourceV4: UInt32
    package let sourceV6: UInt128

    /// `nil` when the bytes are no IPv4 or IPv6 packet, or fewer than its header says.
    @inlinable @inline(__always)
    package init?(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        let start = range.lowerBound
        switch bytes[start] >> 4 {
        case 4:
            guard range.count >= 20 else { return nil }
            count = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 2, as: UInt16.self)))
            guard count >= 20, count <= range.count else { return nil }
            family = .v4
            sourceV4 = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
            sourceV6 = 0
        case 6:
            guard range.count >= 40 else { return nil }
            count = 40 + Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self)))
            guard count <= range.count else { return nil }
            family = .v6
            sourceV4 = 0
            sourceV6 = UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt128.self))
        default:
            return nil
        }
    }
}
