package import PacketIO

/// All segments of a packet, read from and written to guarded memory.
package func split(_ header: VirtioNetHeader, _ bytes: [UInt8], atEnd: Bool = true) throws(OffloadFault) -> [[UInt8]] {
    let source = GuardedMemory()
    let target = GuardedMemory()
    let packet = try OffloadedPacket(header, UnsafeRawBufferPointer(source.place(bytes, atEnd: atEnd)))
    return (0..<packet.segmentCount).compactMap { index in
        let memory = target.place(packet.count(ofSegment: index), atEnd: atEnd)
        guard let base = memory.baseAddress, packet.writeSegment(index, to: base) == memory.count else { return nil }
        return Array(memory)
    }
}
