package import Glibc

/// A packet as it goes to a TUN device with `IFF_VNET_HDR`: of one packet or several.
package struct MergedPacket {
    /// Also in the first vector, as the device takes it.
    package let header: VirtioNetHeader
    /// For `writev`: the header, then the packet's bytes. Valid until the merger is used again.
    package let vectors: UnsafeBufferPointer<iovec>
    /// Length of the packet in bytes, without the header before it.
    package let count: Int
    /// How many packets are in it.
    package let packets: Int
    /// Of the first of them.
    package let tag: UInt64
}

extension PacketMerger {
    /// Makes group `index` ready to be written.
    @inline(__always)
    func output(_ index: Int) -> MergedPacket {
        let group = groups[index]
        vectors[1] = iovec(iov_base: group.base, iov_len: Int(packets[Int(group.first)].count))
        var used = 2
        var next = packets[Int(group.first)].next
        let headerCount = Int(group.headerCount)
        while next >= 0 {
            let packet = packets[Int(next)]
            vectors[used] = iovec(iov_base: packet.base + headerCount, iov_len: Int(packet.count) &- headerCount)
            used &+= 1
            next = packet.next
        }
        // The kernel examines a packet without a header's promises for itself.
        let description = group.packets > 1 ? group.finish() : VirtioNetHeader()
        description.write(to: header)
        return MergedPacket(
            header: description, vectors: UnsafeBufferPointer(start: vectors, count: used), count: Int(group.count),
            packets: Int(group.packets), tag: group.tag)
    }
}

extension MergeGroup {
    /// Turns the first packet's header into the large packet's, its transport checksum left to be completed.
    func finish() -> VirtioNetHeader {
        let transport = base + Int(transportStart)
        let length = Int(count) &- Int(transportStart)
        var pseudo = InternetChecksum()
        pseudo.addPseudoHeader(
            addresses: bytes + form.addressesStart, count: form.addressesCount, protocolNumber: form.protocolNumber,
            length: length)
        transport.store(word: pseudo.folded, at: form.checksumOffset)
        if form.isTCP {
            let flags = transport.load(fromByteOffset: TCPField.flags, as: UInt8.self) | endFlags
            transport.storeBytes(of: flags, toByteOffset: TCPField.flags, as: UInt8.self)
        } else {
            transport.store(number: UInt16(truncatingIfNeeded: length), at: UDPField.length)
        }
        if form.isIPv4 {
            base.store(number: UInt16(truncatingIfNeeded: count), at: IPv4Field.totalLength)
            base.store(word: 0, at: IPv4Field.checksum)
            var network = InternetChecksum()
            network.add(bytes, count: IPv4Field.minimumCount)
            base.store(word: network.checksum, at: IPv4Field.checksum)
        } else {
            base.store(number: UInt16(truncatingIfNeeded: Int(count) &- IPv6Field.count), at: IPv6Field.payloadLength)
        }
        let type: VirtioNetHeader.SegmentationType = form.isTCP ? (form.isIPv4 ? .tcp4 : .tcp6) : .udp
        return VirtioNetHeader(
            flags: .needsChecksum, type: type, headerCount: UInt16(truncatingIfNeeded: headerCount),
            segmentSize: UInt16(truncatingIfNeeded: segmentSize),
            checksumStart: UInt16(truncatingIfNeeded: transportStart),
            checksumOffset: UInt16(truncatingIfNeeded: form.checksumOffset))
    }
}
