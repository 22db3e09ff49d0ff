/// A packet as TUN hands it over with offloads on: possibly large, to be split into segments, and with a checksum
/// that may be still to make. It is examined once; after that each segment is written whole, headers and checksums
/// done, into memory of the caller's, in any order.
///
///     let packet = try OffloadedPacket(header, bytes)
///     for index in 0..<packet.segmentCount { let count = packet.writeSegment(index, to: …) }
///
/// Segments are what Linux would have made of it. Points into the caller's memory, which must outlive it unchanged.
package struct OffloadedPacket {
    /// The longest that IP allows.
    package static let maximumCount = 65_535

    let base: UnsafeRawPointer
    let count: Int
    let form: TransportForm
    /// Bytes of IP and transport header in each segment; 0 for a packet that is not large.
    package private(set) var headerCount = 0
    /// Payload bytes of each segment but the last, which may have fewer.
    package private(set) var segmentSize: Int
    /// 1 for a packet that is not large.
    package private(set) var segmentCount = 1

    /// Large: where TCP's or UDP's header begins. Otherwise: where the checksum begins that is to be made.
    let transportStart: Int
    /// Where to store the checksum, from the packet's first byte. 0: there is none to make.
    let checksumPlace: Int
    /// Sums over what all segments have in common: IPv4's header, and the transport header with its pseudo header.
    private(set) var networkSum = InternetChecksum()
    private(set) var transportSum = InternetChecksum()
    private(set) var identification: UInt16 = 0
    private(set) var sequence: UInt32 = 0

    /// Examines a packet. Whatever the bytes are, nothing outside of them is read: what makes no sense throws.
    package init(_ header: VirtioNetHeader, _ bytes: UnsafeRawBufferPointer) throws(OffloadFault) {
        guard let base = bytes.baseAddress, bytes.count > 0, bytes.count <= Self.maximumCount else {
            throw .length(bytes.count)
        }
        self.base = base
        count = bytes.count
        guard header.type.kind != .none else {
            // The ECN flag alone says nothing.
            (form, segmentSize) = (.none, bytes.count)
            (transportStart, checksumPlace) = try Self.checksumPlace(header, count: bytes.count)
            return
        }
        guard header.segmentSize > 0 else { throw .noSegmentSize }
        segmentSize = Int(header.segmentSize)
        let layout = try Layout(of: bytes, base, as: header.type)
        let end = layout.transportStart &+ layout.form.checksumOffset
        if header.flags.contains(.needsChecksum) {
            guard Int(header.checksumStart) == layout.transportStart,
                Int(header.checksumOffset) == layout.form.checksumOffset
            else { throw .checksumPlace }
        }
        let payload = bytes.count &- layout.headerCount
        guard payload > segmentSize else {
            // Not large, whatever the header says: one segment, as it is.
            (form, segmentSize) = (.none, bytes.count)
            let isPartial = header.flags.contains(.needsChecksum)
            (transportStart, checksumPlace) = isPartial ? (layout.transportStart, end) : (0, 0)
            return
        }
        form = layout.form
        headerCount = layout.headerCount
        transportStart = layout.transportStart
        checksumPlace = end
        segmentCount = (payload &+ segmentSize &- 1) / segmentSize
        sumUpHeaders(isPartial: header.flags.contains(.needsChecksum), layout)
    }

    /// Length of segment `index` in bytes: what `writeSegment` writes.
    @inline(__always)
    package func count(ofSegment index: Int) -> Int {
        precondition(index >= 0 && index < segmentCount)
        return min(headerCount &+ segmentSize, count &- index &* segmentSize)
    }

    static func checksumPlace(
        _ header: VirtioNetHeader, count: Int
    ) throws(OffloadFault) -> (start: Int, place: Int) {
        guard header.flags.contains(.needsChecksum) else { return (0, 0) }
        let start = Int(header.checksumStart)
        let place = start &+ Int(header.checksumOffset)
        // At place 0 there is no packet that has a checksum.
        guard place > 0, place &+ 2 <= count else { throw .checksumPlace }
        return (start, place)
    }

    private mutating func sumUpHeaders(isPartial: Bool, _ layout: Layout) {
        if form.isIPv4 {
            identification = base.number16(IPv4Field.identification)
            networkSum.add(base, count: transportStart)
            networkSum.subtract(word: base.word16(IPv4Field.totalLength))
            networkSum.subtract(word: base.word16(IPv4Field.identification))
            networkSum.subtract(word: base.word16(IPv4Field.checksum))
        }
        let transport = base + transportStart
        let length = count &- transportStart
        // The field holds the pseudo header's sum with the large packet's length: the kernel goes on from it, as the
        // header may have another address than the checksum is over (source routing). Each segment adds its own
        // length.
        if isPartial {
            transportSum.add(word: base.word16(checksumPlace))
            transportSum.subtract(number: UInt16(truncatingIfNeeded: length))
        } else {
            transportSum.addPseudoHeader(
                addresses: base + form.addressesStart, count: form.addressesCount,
                protocolNumber: form.protocolNumber, length: 0)
        }
        transportSum.add(transport, count: layout.headerCount &- transportStart)
        transportSum.subtract(word: base.word16(checksumPlace))
        if form.isTCP {
            sequence = transport.number32(TCPField.sequence)
            transportSum.subtract(word: transport.word16(TCPField.sequence))
            transportSum.subtract(word: transport.word16(TCPField.sequence + 2))
            transportSum.subtract(word: transport.word16(TCPField.offsetAndFlags))
        } else {
            transportSum.subtract(word: transport.word16(UDPField.length))
        }
    }
}
