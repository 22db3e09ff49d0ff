/// Packets that wait for a session with a peer, or an SA, oldest first. When a peer has too many, the oldest go.
package struct PendingPackets: Sendable {
    /// As many as one burst of a TCP connection; what comes later has waited less.
    package static let maximumCount = 128

    private var packets: [[UInt8]] = []
    package private(set) var byteCount = 0

    package init() {}

    package var isEmpty: Bool { packets.isEmpty }
    package var count: Int { packets.count }

    package mutating func append(_ packet: UnsafeRawBufferPointer) {
        if packets.count >= Self.maximumCount { byteCount -= packets.removeFirst().count }
        packets.append(Array(packet))
        byteCount += packet.count
    }

    package mutating func removeAll() -> [[UInt8]] {
        defer { self = PendingPackets() }
        return packets
    }
}
