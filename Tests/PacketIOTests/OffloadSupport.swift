import Glibc
import PacketIO

/// SplitMix64: the same seed, the same run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }
}

/// The sum of 16-bit words in network byte order, as slow and plain as RFC 1071 has it.
func plainSum(_ bytes: some Collection<UInt8>) -> UInt16 {
    var sum = 0
    for (place, byte) in bytes.enumerated() { sum += place % 2 == 0 ? Int(byte) << 8 : Int(byte) }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return UInt16(sum)
}

/// A TCP or UDP packet in its parts.
struct TestPacket {
    var isIPv4 = true
    var isTCP = true
    /// Tells addresses apart.
    var host: UInt8 = 1
    var ports: (UInt16, UInt16) = (5000, 80)
    var trafficClass: UInt8 = 0
    var flowLabel: UInt32 = 0
    var ttl: UInt8 = 64
    var id: UInt16 = 0
    var fragment: UInt16 = 0x4000
    /// IPv4 options, or IPv6 extension headers of 8 bytes each (type, then contents without length).
    var networkOptions: [UInt8] = []
    var extensions: [UInt8] = []
    var sequence: UInt32 = 1
    var acknowledgement: UInt32 = 7
    /// ACK.
    var flags: UInt16 = 0x10
    var window: UInt16 = 500
    var urgent: UInt16 = 0
    var options: [UInt8] = []
    var payload: [UInt8] = []
    /// UDP without a checksum.
    var omitsChecksum = false

    /// With all checksums made.
    var bytes: [UInt8] { build(partial: false) }
    /// With the pseudo header's sum where the checksum will be.
    var partialBytes: [UInt8] { build(partial: true) }

    var transportStart: Int { isIPv4 ? 20 + networkOptions.count : 40 + 8 * extensions.count }
    var headerCount: Int { transportStart + (isTCP ? 20 + options.count : 8) }

    func offloadHeader(segmentSize: Int) -> VirtioNetHeader {
        let type: VirtioNetHeader.SegmentationType = isTCP ? (isIPv4 ? .tcp4 : .tcp6) : .udp
        return VirtioNetHeader(
            flags: .needsChecksum, type: type, headerCount: UInt16(headerCount), segmentSize: UInt16(segmentSize),
            checksumStart: UInt16(transportStart), checksumOffset: isTCP ? 16 : 6)
    }

    /// The packets that a segmenting network card would send for this one.
    func segments(of size: Int) -> [TestPacket] {
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

/// Memory between two pages that no one may touch.
final class GuardedMemory {
    private let mapping: UnsafeMutableRawPointer
    private static let room = 1 << 17
    private static let page = 4096

    init() {
        let count = Self.room + 2 * Self.page
        guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { preconditionFailure("no memory") }
        mapping = memory
        mprotect(mapping, Self.page, PROT_NONE)
        mprotect(mapping + Self.page + Self.room, Self.page, PROT_NONE)
    }

    deinit { munmap(mapping, Self.room + 2 * Self.page) }

    /// Memory that ends (or begins) where the guard is.
    func place(_ count: Int, atEnd: Bool = true) -> UnsafeMutableRawBufferPointer {
        precondition(count <= Self.room)
        let start = mapping + Self.page + (atEnd ? Self.room - count : 0)
        return UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    func place(_ bytes: [UInt8], atEnd: Bool = true) -> UnsafeMutableRawBufferPointer {
        let memory = place(bytes.count, atEnd: atEnd)
        memory.copyBytes(from: bytes)
        return memory
    }
}

/// All segments of a packet, read from and written to guarded memory.
func split(_ header: VirtioNetHeader, _ bytes: [UInt8], atEnd: Bool = true) throws(OffloadFault) -> [[UInt8]] {
    let source = GuardedMemory()
    let target = GuardedMemory()
    let packet = try OffloadedPacket(header, UnsafeRawBufferPointer(source.place(bytes, atEnd: atEnd)))
    return (0..<packet.segmentCount).compactMap { index in
        let memory = target.place(packet.count(ofSegment: index), atEnd: atEnd)
        guard let base = memory.baseAddress, packet.writeSegment(index, to: base) == memory.count else { return nil }
        return Array(memory)
    }
}
