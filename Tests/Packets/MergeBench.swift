package import PacketIO

/// What a merger gave for the device.
package struct Merged: Equatable {
    package var header: VirtioNetHeader
    package var bytes: [UInt8]
    package var packets: Int
    /// Index of the first packet.
    package var first: Int

    package init(header: VirtioNetHeader, bytes: [UInt8], packets: Int, first: Int) {
        self.header = header
        self.bytes = bytes
        self.packets = packets
        self.first = first
    }
}

/// Feeds packets that lie in guarded memory, as many at a time as there are.
package final class MergeBench {
    package let merger: PacketMerger
    private let memory: [GuardedMemory]

    package init(capacity: Int = 64, mergesUDP: Bool = true, seed: UInt64 = 1) {
        merger = PacketMerger(capacity: capacity, mergesUDP: mergesUDP, seed: seed)
        memory = (0..<capacity).map { _ in GuardedMemory() }
    }

    package func merge(_ packets: [[UInt8]]) -> [Merged] {
        for (index, bytes) in packets.enumerated() {
            guard let base = memory[index].place(bytes).baseAddress else { continue }
            merger.feed(base, count: bytes.count, tag: UInt64(index))
        }
        var result: [Merged] = []
        while let packet = merger.next() {
            var bytes: [UInt8] = []
            for vector in packet.vectors {
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
            }
            let header = bytes.prefix(VirtioNetHeader.byteCount).withUnsafeBytes { head in
                head.baseAddress.map { VirtioNetHeader(from: $0) }
            }
            bytes.removeFirst(VirtioNetHeader.byteCount)
            guard header == packet.header, bytes.count == packet.count else { continue }
            result.append(
                Merged(header: packet.header, bytes: bytes, packets: packet.packets, first: Int(packet.tag)))
        }
        return result
    }

    package func merge(_ packets: [TestPacket]) -> [Merged] { merge(packets.map(\.bytes)) }

    /// How the packets were grouped: lengths of groups, in order.
    package func groups(_ packets: [TestPacket]) -> [Int] { merge(packets).map(\.packets) }
}
