internal import Addressing

/// Who talks to whom: the same for both directions of a flow.
struct FlowKey: Equatable {
    /// The end with the smaller (address, port).
    let low: UInt128
    let high: UInt128
    let lowPort: UInt16
    let highPort: UInt16
    let protocolNumber: UInt8
    let family: IPFamily
}

/// A flow as one of its packets shows it, from that packet's sender.
struct FlowSight {
    let key: FlowKey
    /// Whether the sender is the key's low end.
    let fromLow: Bool

    init(
        _ family: IPFamily, from source: UInt128, _ sourcePort: UInt16, to destination: UInt128,
        _ destinationPort: UInt16, protocolNumber: UInt8
    ) {
        fromLow = source != destination ? source < destination : sourcePort <= destinationPort
        key = FlowKey(
            low: fromLow ? source : destination, high: fromLow ? destination : source,
            lowPort: fromLow ? sourcePort : destinationPort, highPort: fromLow ? destinationPort : sourcePort,
            protocolNumber: protocolNumber, family: family)
    }

    /// ICMP queries have an identifier and a type in place of ports: two nodes that ping each other with the same
    /// identifier have two flows.
    init(_ header: PacketHeader) {
        let isICMPQuery = header.isICMP
        let queryType = UInt16(header.icmpQueryType)
        let fromOpener = header.icmpRole == .query
        self.init(
            header.family,
            from: header.source,
            isICMPQuery ? (fromOpener ? header.icmpIdentifier : queryType) : header.sourcePort,
            to: header.destination,
            isICMPQuery ? (fromOpener ? queryType : header.icmpIdentifier) : header.destinationPort,
            protocolNumber: header.protocolNumber)
    }
}
