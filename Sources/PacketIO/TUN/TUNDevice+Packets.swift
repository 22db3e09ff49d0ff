package import Glibc

extension TUNDevice {
    /// The longest packet that a device brings, large ones included.
    package static let longestPacket = 65_535

    /// Takes a packet that waits in the device. Returns its length, 0 when none does.
    ///
    /// - Parameter header: what is still to be done to the packet; nothing on a device without `offload`.
    package func read(
        into room: UnsafeMutableRawBufferPointer, header: inout VirtioNetHeader
    ) throws(IOError) -> Int {
        let headerCount = offload == .none ? 0 : VirtioNetHeader.byteCount
        while true {
            let length = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { space in
                var vectors = (
                    iovec(iov_base: space.baseAddress, iov_len: headerCount),
                    iovec(iov_base: room.baseAddress, iov_len: room.count)
                )
                let length = withUnsafePointer(to: &vectors) {
                    $0.withMemoryRebound(to: iovec.self, capacity: 2) { readv(descriptor.number, $0, 2) }
                }
                if length > headerCount, headerCount > 0, let base = space.baseAddress {
                    header = VirtioNetHeader(from: base)
                }
                return length
            }
            if length >= headerCount, length > 0 { return length - headerCount }
            if length < 0, errno == EINTR { continue }
            if length < 0, errno != EAGAIN { throw IOError(errnoOf: "read TUN device") }
            return 0
        }
    }

    /// Hands a packet to the kernel; returns 0 or an `errno`. The vectors' first is the packet's `VirtioNetHeader`, on a
    /// device without `offload` empty.
    package func write(_ vectors: UnsafeBufferPointer<iovec>) -> Int32 {
        let number = writingNumber(for: vectors)
        while writev(number, vectors.baseAddress, Int32(vectors.count)) < 0 {
            if errno != EINTR { return errno }
        }
        return 0
    }

    /// Which queue a packet is written by. A flow is quicker where both its directions are one worker's; but it may move to it
    /// only at a moment when nothing of it is under way. TCP and ICMP are written by the attached queue: they begin with one
    /// packet, whose answer they wait for. Who sends UDP may have sent many before the first answer comes.
    private func writingNumber(for vectors: UnsafeBufferPointer<iovec>) -> Int32 {
        guard let detached = detached?.number else { return descriptor.number }
        guard vectors.count > 1, vectors[1].iov_len >= 20, let packet = vectors[1].iov_base else { return detached }
        let isV4 = packet.load(as: UInt8.self) >> 4 == 4
        switch Int32(packet.load(fromByteOffset: isV4 ? 9 : 6, as: UInt8.self)) {
        case Int32(IPPROTO_TCP), Int32(IPPROTO_ICMP), Int32(IPPROTO_ICMPV6): return descriptor.number
        default: return detached
        }
    }

    /// Hands a packet to the kernel that is whole, with checksum and all; returns 0 or an `errno`.
    package func write(_ packet: UnsafeMutableRawBufferPointer) -> Int32 {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { space in
            let headerCount = offload == .none ? 0 : VirtioNetHeader.byteCount
            if let base = space.baseAddress { VirtioNetHeader().write(to: base) }
            var vectors = (
                iovec(iov_base: space.baseAddress, iov_len: headerCount),
                iovec(iov_base: packet.baseAddress, iov_len: packet.count)
            )
            return withUnsafePointer(to: &vectors) {
                $0.withMemoryRebound(to: iovec.self, capacity: 2) { write(UnsafeBufferPointer(start: $0, count: 2)) }
            }
        }
    }
}
