internal import Addressing

/// The answer to a packet that is too long to go on: ICMP "fragmentation needed" (RFC 792, RFC 1191) or ICMPv6 "packet too
/// big" (RFC 4443 §3.2). The sender then makes its packets shorter; without it they would vanish again and again.
package enum PacketTooBig {
    /// Of an answer: as much of the packet is quoted as fits what every link carries (RFC 1812 §4.3.2.3, RFC 4443 §2.4).
    package static let maximumCount = 1_280
    private static let maximumIPv4Count = 576
    private static let icmpHeaderLength = 8
    private static let hopLimit: UInt8 = 64

    /// Writes the answer to `packet`. It comes from the address that the packet was on its way to: that is in the tunnel's
    /// domain and the sender takes packets of it from there. An address of the sender's own machine would be refused there
    /// (a "martian"), and this machine may have no other.
    ///
    /// IPv4 packets that may be fragmented are answered too: they are not fragmented here.
    ///
    /// - Parameters:
    ///   - mtu: what would go on.
    ///   - room: `maximumCount` bytes.
    /// - Returns: the answer's length. `nil`: what this packet is, nobody may answer (RFC 1122 §3.2.2, RFC 4443 §2.4).
    package static func answer(
        to packet: UnsafeRawBufferPointer, mtu: Int, into room: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard let header = try? PacketHeader(parsing: packet), mayBeAnswered(header) else { return nil }
        switch header.family {
        case .v4: return answerIPv4(packet, header, mtu: mtu, room)
        case .v6: return answerIPv6(packet, header, mtu: mtu, room)
        }
    }

    private static func mayBeAnswered(_ header: PacketHeader) -> Bool {
        guard header.fragment != .later else { return false }
        // An error about an error could go on for ever.
        if header.isICMP, header.icmpRole != .query, header.icmpRole != .reply { return false }
        return [header.sourceAddress, header.destinationAddress].allSatisfy(isOneMachine)
    }

    private static func isOneMachine(_ address: IPAddress) -> Bool {
        switch address.family {
        case .v4:
            let first = UInt8(truncatingIfNeeded: address.value >> 24)
            return first != 0 && first != 127 && first < 224
        case .v6:
            return address.value > 1 && UInt8(truncatingIfNeeded: address.value >> 120) != 0xFF
        }
    }

    private static func answerIPv4(
        _ packet: UnsafeRawBufferPointer, _ header: PacketHeader, mtu: Int, _ room: UnsafeMutableRawBufferPointer
    ) -> Int {
        let start = PacketHeader.minimumIPv4Header
        let count = quote(packet, after: start + icmpHeaderLength, in: room, maximum: maximumIPv4Count)
        room.zero(..<(start + icmpHeaderLength))
        room.store(UInt8(0x45), at: 0)
        room.store(UInt16(truncatingIfNeeded: count), at: 2)
        room.store(hopLimit, at: 8)
        room.store(IPProtocol.icmp, at: 9)
        room.store(UInt32(truncatingIfNeeded: header.destination), at: 12)
        room.store(UInt32(truncatingIfNeeded: header.source), at: 16)
        room.store(checksum(room, 0..<start), at: 10)
        // Destination unreachable: fragmentation needed.
        room.store(UInt8(3), at: start)
        room.store(UInt8(4), at: start + 1)
        room.store(UInt16(clamping: mtu), at: start + 6)
        room.store(checksum(room, start..<count), at: start + 2)
        return count
    }

    private static func answerIPv6(
        _ packet: UnsafeRawBufferPointer, _ header: PacketHeader, mtu: Int, _ room: UnsafeMutableRawBufferPointer
    ) -> Int {
        let start = PacketHeader.ipv6HeaderLength
        let count = quote(packet, after: start + icmpHeaderLength, in: room, maximum: maximumCount)
        room.zero(..<(start + icmpHeaderLength))
        room.store(UInt8(0x60), at: 0)
        room.store(UInt16(truncatingIfNeeded: count - start), at: 4)
        room.store(IPProtocol.icmpv6, at: 6)
        room.store(hopLimit, at: 7)
        room.store(header.destination, at: 8)
        room.store(header.source, at: 24)
        room.store(UInt8(2), at: start)
        room.store(UInt32(clamping: mtu), at: start + 4)
        // Over the pseudo header too: addresses, length and protocol.
        let pseudo = UInt32(count - start) + UInt32(IPProtocol.icmpv6)
        room.store(checksum(room, 8..<count, adding: pseudo), at: start + 2)
        return count
    }

    /// Copies the packet's beginning; returns the answer's length.
    private static func quote(
        _ packet: UnsafeRawBufferPointer, after start: Int, in room: UnsafeMutableRawBufferPointer, maximum: Int
    ) -> Int {
        let count = min(packet.count, maximum - start)
        UnsafeMutableRawBufferPointer(rebasing: room[start..<start + count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: packet[..<count]))
        return start + count
    }

    /// RFC 1071.
    private static func checksum(
        _ room: UnsafeMutableRawBufferPointer, _ range: Range<Int>, adding first: UInt32 = 0
    ) -> UInt16 {
        var sum = first
        for index in range {
            sum += (index - range.lowerBound) & 1 == 0 ? UInt32(room[index]) << 8 : UInt32(room[index])
        }
        sum = sum & 0xFFFF + sum >> 16
        return ~UInt16(truncatingIfNeeded: sum & 0xFFFF + sum >> 16)
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func zero(_ range: PartialRangeUpTo<Int>) {
        UnsafeMutableRawBufferPointer(rebasing: self[range]).initializeMemory(as: UInt8.self, repeating: 0)
    }

    fileprivate func store(_ number: some FixedWidthInteger, at offset: Int) {
        withUnsafeBytes(of: number.bigEndian) {
            UnsafeMutableRawBufferPointer(rebasing: self[offset...]).copyMemory(from: $0)
        }
    }
}
