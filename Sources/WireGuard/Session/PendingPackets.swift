/// Packets that wait for a session, oldest first. When a peer has too many, the oldest go.
struct PendingPackets {
    /// As many as one burst of a TCP connection; what comes later has waited less.
    static let maximumCount = 128

    private(set) var packets: [[UInt8]] = []
    private(set) var byteCount = 0

    var isEmpty: Bool { packets.isEmpty }

    mutating func append(_ packet: UnsafeRawBufferPointer) {
        if packets.count >= Self.maximumCount { byteCount -= packets.removeFirst().count }
        packets.append(Array(packet))
        byteCount += packet.count
    }

    mutating func removeAll() -> [[UInt8]] {
        defer { self = PendingPackets() }
        return packets
    }
}
