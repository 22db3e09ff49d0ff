/// A packet that was fed: kept in a list of those that go out as one.
struct FedPacket {
    let base: UnsafeMutableRawPointer
    let count: Int32
    /// The next of the same group; -1 at its end.
    var next: Int32
}

/// Packets that go out as one. Most of it has a meaning only for groups that are, or were, open to more.
struct MergeGroup {
    /// Of the first packet.
    let tag: UInt64
    let base: UnsafeMutableRawPointer
    /// Indices of fed packets.
    let first: Int32
    var last: Int32
    var packets: Int32 = 1
    /// Length of the merged packet in bytes.
    var count: Int32
    let headerCount: Int32
    let transportStart: Int32
    /// Payload bytes of each packet but the last.
    let segmentSize: Int32
    /// TCP: where the next packet goes on.
    var nextSequence: UInt32 = 0
    let form: TransportForm
    /// Whether more packets may join.
    var isOpen: Bool
    /// Whether the first packet's checksums have been found right.
    var isVerified = false
    /// IPv4 without numbers that count up (RFC 6864), known from the second packet on.
    var hasFixedIdentification = false
    /// TCP: flags that the last packet brought.
    var endFlags: UInt8 = 0

    /// A packet that stays alone.
    @inline(__always)
    init(alone packet: MergeCandidate, index: Int, tag: UInt64) {
        self.tag = tag
        base = packet.base
        first = Int32(truncatingIfNeeded: index)
        last = first
        count = Int32(truncatingIfNeeded: packet.count)
        (headerCount, transportStart, segmentSize) = (0, 0, 0)
        form = .none
        isOpen = false
    }

    /// A packet that may be the first of several.
    @inline(__always)
    init(beginning packet: MergeCandidate, index: Int, tag: UInt64) {
        self.tag = tag
        base = packet.base
        first = Int32(truncatingIfNeeded: index)
        last = first
        count = Int32(truncatingIfNeeded: packet.count)
        headerCount = Int32(truncatingIfNeeded: packet.headerCount)
        transportStart = Int32(truncatingIfNeeded: packet.transportStart)
        segmentSize = Int32(truncatingIfNeeded: packet.payloadCount)
        form = packet.form
        isOpen = true
        if form.isTCP {
            nextSequence =
                packet.transport.number32(TCPField.sequence) &+ UInt32(truncatingIfNeeded: packet.payloadCount)
        }
    }

    @inline(__always) var bytes: UnsafeRawPointer { UnsafeRawPointer(base) }

    /// Whether the packet has the group's addresses, of whatever protocol.
    @inline(__always)
    func hasAddresses(of packet: MergeCandidate) -> Bool {
        guard form.isIPv4 == packet.form.isIPv4 else { return false }
        if form.isIPv4 {
            return bytes.word64(IPv4Field.source) == packet.bytes.word64(IPv4Field.source)
        }
        let start = IPv6Field.source
        var difference = bytes.word64(start) ^ packet.bytes.word64(start)
        difference |= bytes.word64(start + 8) ^ packet.bytes.word64(start + 8)
        difference |= bytes.word64(start + 16) ^ packet.bytes.word64(start + 16)
        difference |= bytes.word64(start + 24) ^ packet.bytes.word64(start + 24)
        return difference == 0
    }

    /// Whether the packet is of the group's flow.
    @inline(__always)
    func isFlow(of packet: MergeCandidate) -> Bool {
        form == packet.form && bytes.word32(Int(transportStart)) == packet.transport.word32(0)
            && hasAddresses(of: packet)
    }
}
