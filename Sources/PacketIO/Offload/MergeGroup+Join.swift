extension MergeGroup {
    /// UDP, in packets: what Linux segments again at the most.
    static let maximumDatagrams: Int32 = 64

    /// Takes a segment of the same flow as the group's next, when the large packet can be split into these very
    /// packets again.
    /// - Returns: whether it did; if not, the group is closed.
    @inline(__always)
    mutating func join(_ packet: MergeCandidate, index: Int) -> Bool {
        guard isOpen else { return false }
        guard fits(packet), isVerified || hasRightChecksumsOfFirst(), packet.hasRightChecksums() else {
            isOpen = false
            return false
        }
        isVerified = true
        let payload = packet.payloadCount
        last = Int32(truncatingIfNeeded: index)
        packets &+= 1
        count &+= Int32(truncatingIfNeeded: payload)
        if form.isTCP {
            nextSequence &+= UInt32(truncatingIfNeeded: payload)
            endFlags = packet.transport.byte(TCPField.flags) & (TCPFlag.psh | TCPFlag.fin)
            isOpen = payload == Int(segmentSize) && endFlags == 0
        } else {
            isOpen = payload == Int(segmentSize) && packets < Self.maximumDatagrams
        }
        return true
    }

    @inline(never)
    private func hasRightChecksumsOfFirst() -> Bool {
        // Only the first packet is in the group.
        MergeCandidate(base, count: Int(count), mergesUDP: true).hasRightChecksums()
    }

    @inline(__always)
    private mutating func fits(_ packet: MergeCandidate) -> Bool {
        let payload = packet.payloadCount
        guard payload <= Int(segmentSize), Int(count) &+ payload <= OffloadedPacket.maximumCount else { return false }
        guard form.isIPv4 ? fitsIPv4(packet) : fitsIPv6(packet) else { return false }
        return !form.isTCP || fitsTCP(packet)
    }

    @inline(__always)
    private mutating func fitsIPv4(_ packet: MergeCandidate) -> Bool {
        let other = packet.bytes
        var difference = bytes.byte(IPv4Field.typeOfService) ^ other.byte(IPv4Field.typeOfService)
        difference |= bytes.byte(IPv4Field.timeToLive) ^ other.byte(IPv4Field.timeToLive)
        let fragment = bytes.word16(IPv4Field.fragment)
        guard difference == 0, fragment == other.word16(IPv4Field.fragment) else { return false }
        // Splitting counts the numbers up. Where fragmenting is forbidden they mean nothing, and some never change
        // them.
        let offset = other.number16(IPv4Field.identification) &- bytes.number16(IPv4Field.identification)
        if packets == 1 { hasFixedIdentification = offset == 0 && fragment != 0 }
        return offset == (hasFixedIdentification ? 0 : UInt16(truncatingIfNeeded: packets))
    }

    @inline(__always)
    private func fitsIPv6(_ packet: MergeCandidate) -> Bool {
        // Version, traffic class, flow label; hop limit.
        bytes.word32(0) == packet.bytes.word32(0)
            && bytes.byte(IPv6Field.hopLimit) == packet.bytes.byte(IPv6Field.hopLimit)
    }

    @inline(__always)
    private func fitsTCP(_ packet: MergeCandidate) -> Bool {
        let mine = bytes + Int(transportStart)
        let other = packet.transport
        guard other.number32(TCPField.sequence) == nextSequence, packet.headerCount == Int(headerCount) else {
            return false
        }
        // Header length, reserved bits, flags but those for the end, and window.
        let ending = UInt32(TCPFlag.psh | TCPFlag.fin) << 16
        var difference = (mine.number32(TCPField.offsetAndFlags) ^ other.number32(TCPField.offsetAndFlags)) & ~ending
        difference |= mine.word32(TCPField.acknowledgement) ^ other.word32(TCPField.acknowledgement)
        difference |= UInt32(mine.word16(TCPField.urgentPointer) ^ other.word16(TCPField.urgentPointer))
        var offset = TCPField.minimumCount
        let end = packet.headerCount &- packet.transportStart
        while offset < end {
            difference |= mine.word32(offset) ^ other.word32(offset)
            offset &+= 4
        }
        return difference == 0
    }
}
