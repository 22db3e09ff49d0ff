package import PacketIO

/// A TCP or UDP packet in its parts.
package struct TestPacket {
    package var isIPv4 = true
    package var isTCP = true
    /// Tells addresses apart.
    package var host: UInt8 = 1
    package var ports: (UInt16, UInt16) = (5000, 80)
    package var trafficClass: UInt8 = 0
    package var flowLabel: UInt32 = 0
    package var ttl: UInt8 = 64
    package var id: UInt16 = 0
    package var fragment: UInt16 = 0x4000
    /// IPv4 options, or IPv6 extension headers of 8 bytes each (type, then contents without length).
    package var networkOptions: [UInt8] = []
    package var extensions: [UInt8] = []
    package var sequence: UInt32 = 1
    package var acknowledgement: UInt32 = 7
    /// ACK.
    package var flags: UInt16 = 0x10
    package var window: UInt16 = 500
    package var urgent: UInt16 = 0
    package var options: [UInt8] = []
    package var payload: [UInt8] = []
    /// UDP without a checksum.
    package var omitsChecksum = false

    package init(
        isIPv4: Bool = true, isTCP: Bool = true, host: UInt8 = 1, id: UInt16 = 0, sequence: UInt32 = 1,
        options: [UInt8] = [], payload: [UInt8] = []
    ) {
        self.isIPv4 = isIPv4
        self.isTCP = isTCP
        self.host = host
        self.id = id
        self.sequence = sequence
        self.options = options
        self.payload = payload
    }

    /// With all checksums made.
    package var bytes: [UInt8] { build(partial: false) }
    /// With the pseudo header's sum where the checksum will be.
    package var partialBytes: [UInt8] { build(partial: true) }

    package var transportStart: Int { isIPv4 ? 20 + networkOptions.count : 40 + 8 * extensions.count }
    package var headerCount: Int { transportStart + (isTCP ? 20 + options.count : 8) }

    package func offloadHeader(segmentSize: Int) -> VirtioNetHeader {
        let type: VirtioNetHeader.SegmentationType = isTCP ? (isIPv4 ? .tcp4 : .tcp6) : .udp
        return VirtioNetHeader(
            flags: .needsChecksum, type: type, headerCount: UInt16(headerCount), segmentSize: UInt16(segmentSize),
            checksumStart: UInt16(transportStart), checksumOffset: isTCP ? 16 : 6)
    }

    /// The packets that a segmenting network card would send for this one.
    package func segments(of size: Int) -> [TestPacket] {
        stride(from: 0, to: max(payload.count, 1), by: size).map { start in
            var segment = self
            segment.payload = Array(payload[start..<min(start + size, payload.count)])
            segment.id = id &+ UInt16(start / size)
            segment.sequence = sequence &+ UInt32(start)
            if start + size < payload.count { segment.flags &= ~0x09 }
            if start > 0 { segment.flags &= ~0x80 }
            return segment
        }
    }

    private func build(partial: Bool) -> [UInt8] {
        var transport = isTCP ? tcpHeader : udpHeader
        let place = isTCP ? 16 : 6
        let length = transport.count + payload.count
        let pseudo = addresses + [0, 0] + big(UInt32(length)) + [0, protocolNumber]
        var sum = plainSum(pseudo)
        if !partial {
            sum = ~plainSum(transport + payload + (payload.count % 2 == 0 ? [] : [0]) + pseudo)
            if !isTCP, sum == 0 { sum = 0xFFFF }
            if omitsChecksum { sum = 0 }
        }
        transport.replaceSubrange(place..<(place + 2), with: big(sum))
        return networkHeader(length) + transport + payload
    }

    private var protocolNumber: UInt8 { isTCP ? 6 : 17 }

    private var addresses: [UInt8] {
        isIPv4
            ? [10, 0, 0, host, 10, 0, 1, 1]
            : [0xFD, 0] + Array(repeating: 0, count: 13) + [host] + [0xFD, 1] + Array(repeating: 0, count: 13) + [1]
    }

    private func networkHeader(_ length: Int) -> [UInt8] {
        guard isIPv4 else {
            let first = UInt32(6) << 28 | UInt32(trafficClass) << 20 | flowLabel
            var chain: [UInt8] = []
            for (place, _) in extensions.enumerated() {
                let next = place + 1 < extensions.count ? extensions[place + 1] : protocolNumber
                chain += [next, 0, 1, 4, 0, 0, 0, 0]
            }
            return big(first) + big(UInt16(length + chain.count)) + [extensions.first ?? protocolNumber, ttl]
                + addresses + chain
        }
        let count = 20 + networkOptions.count
        var header = [UInt8(0x40 + count / 4), trafficClass] + big(UInt16(count + length)) + big(id) + big(fragment)
        header += [ttl, protocolNumber, 0, 0] + addresses + networkOptions
        header.replaceSubrange(10..<12, with: big(~plainSum(header)))
        return header
    }

    private var tcpHeader: [UInt8] {
        let word = UInt16(5 + options.count / 4) << 12 | flags
        return big(ports.0) + big(ports.1) + big(sequence) + big(acknowledgement) + big(word) + big(window) + [0, 0]
            + big(urgent) + options
    }

    private var udpHeader: [UInt8] { big(ports.0) + big(ports.1) + big(UInt16(8 + payload.count)) + [0, 0] }

    private func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian, Array.init)
    }
}

/// The sum of 16-bit words in network byte order, as slow and plain as RFC 1071 has it.
package func plainSum(_ bytes: some Collection<UInt8>) -> UInt16 {
    var sum = 0
    for (place, byte) in bytes.enumerated() { sum += place % 2 == 0 ? Int(byte) << 8 : Int(byte) }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return UInt16(sum)
}
