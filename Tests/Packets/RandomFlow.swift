package import TestRandom

/// Packets of a flow, one after the other, with what else a network brings in between.
package struct RandomFlow {
    package var next: TestPacket
    /// Payload bytes of most packets.
    package let size: Int
    package let isTroubled: Bool

    package init(_ random: inout SeededRandom, host: UInt8, isTroubled: Bool) {
        next = TestPacket(isIPv4: random.chance(1, in: 2), isTCP: !random.chance(1, in: 3), host: host)
        next.ports = (UInt16.random(in: 1...3, using: &random), UInt16.random(in: 1...2, using: &random))
        next.id = UInt16.random(in: 0...0xFFFF, using: &random)
        next.fragment = random.chance(1, in: 2) ? 0x4000 : 0
        next.sequence = UInt32.max - UInt32.random(in: 0...20_000, using: &random)
        next.options = next.isTCP && random.chance(1, in: 2) ? [1, 1, 8, 10] + random.bytes(8) : []
        size = Int.random(in: 1...(random.chance(1, in: 4) ? 9000 : 300), using: &random)
        self.isTroubled = isTroubled
    }

    /// The next packet, with one in five in trouble if the flow is.
    package mutating func packet(_ random: inout SeededRandom) -> [UInt8] {
        let packet = sound(&random)
        guard isTroubled, random.chance(1, in: 5) else { return packet.bytes }
        return Self.trouble(packet, &random)
    }

    /// The next packet, which any stack would take.
    package mutating func sound(_ random: inout SeededRandom) -> TestPacket {
        var packet = next
        packet.payload = random.bytes(size)
        if random.chance(1, in: 12) { packet.payload = random.bytes(Int.random(in: 0...size, using: &random)) }
        if packet.isTCP, random.chance(1, in: 12) { packet.flags |= 0x08 }
        next.sequence &+= UInt32(packet.payload.count)
        next.id &+= 1
        return packet
    }

    private static func trouble(_ packet: TestPacket, _ random: inout SeededRandom) -> [UInt8] {
        var packet = packet
        switch Int.random(in: 0..<16, using: &random) {
        case 0: packet.flags = UInt16.random(in: 0...0xFFF, using: &random)
        case 1: packet.ttl = UInt8.random(in: 0...2, using: &random)
        case 2: packet.trafficClass = UInt8.random(in: 0...3, using: &random)
        case 3: packet.flowLabel = UInt32.random(in: 0...0xFFFFF, using: &random)
        case 4: packet.sequence &-= UInt32.random(in: 0...1, using: &random)
        case 5: packet.acknowledgement &+= 1
        case 6: packet.window &+= 1
        case 7: packet.options = random.bytes(4 * Int.random(in: 0...10, using: &random))
        case 8: packet.networkOptions = random.bytes(4 * Int.random(in: 1...10, using: &random))
        case 9: packet.extensions = [0, 60]
        case 10: packet.fragment = UInt16.random(in: 0...0xFFFF, using: &random)
        case 11: packet.payload = []
        case 12: packet.omitsChecksum = true
        case 13: packet.urgent = 5
        case 14:
            var bytes = packet.bytes
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            return bytes
        default:
            let bytes = packet.bytes
            return Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))) + random.bytes(2)
        }
        return packet.bytes
    }
}

/// Addresses, protocol and ports of a packet, `nil` where they cannot be read. Also of a fragment, which in these
/// tests has them where a whole packet has.
package func flowKey(of packet: [UInt8]) -> [UInt8]? {
    guard packet.count >= 20 else { return nil }
    if packet[0] >> 4 == 4 {
        let start = Int(packet[0] & 15) * 4
        guard start >= 20, packet.count >= start + 4 else { return nil }
        return [packet[9]] + packet[12..<20] + packet[start..<(start + 4)]
    }
    guard packet[0] >> 4 == 6, packet.count >= 44 else { return nil }
    var (next, start) = (packet[6], 40)
    while [0, 43, 60].contains(next), packet.count > start {
        next = packet[start]
        start += 8
    }
    guard packet.count >= start + 4 else { return nil }
    return [next] + packet[8..<40] + packet[start..<(start + 4)]
}
