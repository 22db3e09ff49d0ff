/// What a packet is to a `PacketMerger`: where its headers end, and whether it may be merged with others at all.
struct MergeCandidate {
    let base: UnsafeMutableRawPointer
    let count: Int
    private(set) var role: Role
    private(set) var form = TransportForm.none
    private(set) var transportStart = 0
    private(set) var headerCount = 0

    enum Role: UInt8 {
        /// Belongs to no flow that is merged.
        case foreign
        /// May belong to any flow between its addresses, as a fragment whose ports are elsewhere.
        case unknownFlow
        /// Of a flow, but not to be merged.
        case alone
        /// A segment with payload and without anything unusual.
        case segment
    }

    @inline(__always) var bytes: UnsafeRawPointer { UnsafeRawPointer(base) }
    @inline(__always) var payloadCount: Int { count &- headerCount }
    @inline(__always) var transport: UnsafeRawPointer { bytes + transportStart }

    /// Whether it can be the first of several: TCP's PSH and FIN are for the last.
    @inline(__always)
    var canBegin: Bool {
        !form.isTCP || transport.byte(TCPField.flags) & (TCPFlag.psh | TCPFlag.fin) == 0
    }

    /// Looks at the headers of a packet of any content, and at nothing after its `count` bytes.
    @inline(__always)
    init(_ base: UnsafeMutableRawPointer, count: Int, mergesUDP: Bool) {
        self.base = base
        self.count = count
        role = .foreign
        guard count >= IPv4Field.minimumCount else { return }
        let bytes = UnsafeRawPointer(base)
        switch bytes.byte(0) >> 4 {
        case 4: classifyIPv4(bytes, mergesUDP)
        case 6: classifyIPv6(bytes, mergesUDP)
        default: break
        }
    }

    @inline(__always)
    private mutating func classifyIPv4(_ bytes: UnsafeRawPointer, _ mergesUDP: Bool) {
        switch bytes.byte(IPv4Field.protocolNumber) {
        case TransportProtocol.tcp: form = .tcp4
        case TransportProtocol.udp where mergesUDP: form = .udp4
        default: return
        }
        let fragment = bytes.number16(IPv4Field.fragment)
        guard fragment & 0x3FFF == 0 else {
            role = .unknownFlow
            return
        }
        transportStart = Int(bytes.byte(0) & 15) &* 4
        classifyTransport(
            isPlain: transportStart == IPv4Field.minimumCount && fragment & ~IPv4Field.dontFragment == 0
                && Int(bytes.number16(IPv4Field.totalLength)) == count)
    }

    @inline(__always)
    private mutating func classifyIPv6(_ bytes: UnsafeRawPointer, _ mergesUDP: Bool) {
        guard count >= IPv6Field.count else { return }
        switch bytes.byte(IPv6Field.nextHeader) {
        case TransportProtocol.tcp: form = .tcp6
        case TransportProtocol.udp where mergesUDP: form = .udp6
        case IPv6Extension.hopByHop, IPv6Extension.routing, IPv6Extension.fragment, IPv6Extension.destination:
            // Whatever comes after these.
            form = .tcp6
            role = .unknownFlow
            return
        default: return
        }
        transportStart = IPv6Field.count
        classifyTransport(isPlain: Int(bytes.number16(IPv6Field.payloadLength)) &+ IPv6Field.count == count)
    }

    @inline(__always)
    private mutating func classifyTransport(isPlain: Bool) {
        let length = count &- transportStart
        // Without ports (or with an IP header that is none) no stack takes it.
        guard transportStart >= IPv4Field.minimumCount, length >= 4 else { return }
        role = .alone
        guard isPlain else { return }
        if form.isTCP {
            guard length >= TCPField.minimumCount else { return }
            let unusual = TCPFlag.syn | TCPFlag.rst | TCPFlag.urg | TCPFlag.cwr
            guard transport.byte(TCPField.flags) & unusual == 0 else { return }
            let header = Int(transport.byte(TCPField.offsetAndFlags) >> 4) &* 4
            guard header >= TCPField.minimumCount, header < length else { return }
            headerCount = transportStart &+ header
        } else {
            // Datagrams without checksum stay alone: a merged one has one.
            guard length > UDPField.count, Int(transport.number16(UDPField.length)) == length,
                transport.word16(UDPField.checksum) != 0
            else { return }
            headerCount = transportStart &+ UDPField.count
        }
        role = .segment
    }

    /// Whether the checksums of a segment's IP and transport header are right.
    func hasRightChecksums() -> Bool {
        if form.isIPv4 {
            var network = InternetChecksum()
            network.add(bytes, count: IPv4Field.minimumCount)
            guard network.folded == 0xFFFF else { return false }
        }
        var sum = InternetChecksum.sum(transport, count: count &- transportStart)
        sum.addPseudoHeader(
            addresses: bytes + form.addressesStart, count: form.addressesCount, protocolNumber: form.protocolNumber,
            length: count &- transportStart)
        return sum.folded == 0xFFFF
    }
}
