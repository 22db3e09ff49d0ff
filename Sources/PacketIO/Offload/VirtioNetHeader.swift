/// What stands before each packet on a TUN device with `IFF_VNET_HDR` (`struct virtio_net_hdr`, OASIS virtio 1.2
/// §5.1.6): how far a packet is to be segmented, and which checksum is still to be made. Fields are in the machine's
/// byte order.
@frozen
package struct VirtioNetHeader: Hashable, BitwiseCopyable, Sendable {
    /// Length in memory.
    package static let byteCount = 10

    package var flags: Flags
    package var type: SegmentationType
    /// Length of the headers that each segment repeats. A hint: not to be believed.
    package var headerCount: UInt16
    /// Payload bytes in each segment but the last.
    package var segmentSize: UInt16
    /// Where the checksum begins that is to be made, from the packet's first byte.
    package var checksumStart: UInt16
    /// Where it is to be stored, from `checksumStart`.
    package var checksumOffset: UInt16

    @inlinable
    package init(
        flags: Flags = [], type: SegmentationType = .none, headerCount: UInt16 = 0, segmentSize: UInt16 = 0,
        checksumStart: UInt16 = 0, checksumOffset: UInt16 = 0
    ) {
        self.flags = flags
        self.type = type
        self.headerCount = headerCount
        self.segmentSize = segmentSize
        self.checksumStart = checksumStart
        self.checksumOffset = checksumOffset
    }

    /// Reads `byteCount` bytes; any are a header.
    @inlinable
    package init(from bytes: UnsafeRawPointer) {
        flags = Flags(rawValue: bytes.load(as: UInt8.self))
        type = SegmentationType(rawValue: bytes.load(fromByteOffset: 1, as: UInt8.self))
        headerCount = bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
        segmentSize = bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
        checksumStart = bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)
        checksumOffset = bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    }

    /// Writes `byteCount` bytes.
    @inlinable
    package func write(to bytes: UnsafeMutableRawPointer) {
        bytes.storeBytes(of: flags.rawValue, as: UInt8.self)
        bytes.storeBytes(of: type.rawValue, toByteOffset: 1, as: UInt8.self)
        bytes.storeBytes(of: headerCount, toByteOffset: 2, as: UInt16.self)
        bytes.storeBytes(of: segmentSize, toByteOffset: 4, as: UInt16.self)
        bytes.storeBytes(of: checksumStart, toByteOffset: 6, as: UInt16.self)
        bytes.storeBytes(of: checksumOffset, toByteOffset: 8, as: UInt16.self)
    }

    @frozen
    package struct Flags: OptionSet, Hashable, BitwiseCopyable, Sendable {
        package let rawValue: UInt8

        @inlinable
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The transport checksum holds only the pseudo header's sum: `checksumStart` and `checksumOffset` say where.
        @inlinable package static var needsChecksum: Flags { Flags(rawValue: 1) }
        /// The checksum has been verified.
        @inlinable package static var dataValid: Flags { Flags(rawValue: 2) }
    }

    /// The kind of large packet. Any byte can be held; `kind` without a name is to be refused.
    @frozen
    package struct SegmentationType: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
        package let rawValue: UInt8

        @inlinable
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Not large.
        @inlinable package static var none: SegmentationType { SegmentationType(rawValue: 0) }
        @inlinable package static var tcp4: SegmentationType { SegmentationType(rawValue: 1) }
        @inlinable package static var tcp6: SegmentationType { SegmentationType(rawValue: 4) }
        /// Datagrams of equal size, over IPv4 or IPv6 (`VIRTIO_NET_HDR_GSO_UDP_L4`); not UDP in IP fragments.
        @inlinable package static var udp: SegmentationType { SegmentationType(rawValue: 5) }

        @inlinable static var ecnBit: UInt8 { 0x80 }

        /// Without the ECN flag.
        @inlinable package var kind: SegmentationType { SegmentationType(rawValue: rawValue & ~Self.ecnBit) }
        /// The first segment bears TCP's CWR flag.
        @inlinable package var hasECN: Bool { rawValue & Self.ecnBit != 0 }
    }
}
