internal import Glibc

extension TUNDevice {
    /// Replaces the batch's contents with packets that wait in the device, and returns how many: 0 when none does (or the
    /// pool has no buffer). A full batch means that there may be more.
    package func read(into batch: PacketBatch) throws(IOError) -> Int {
        let room = batch.prepareForRead()
        var count = 0
        while count < room {
            let target = batch.packets[count].buffer.writable
            let length = Glibc.read(descriptor.number, target.baseAddress, target.count)
            if length > 0 {
                batch.packets[count].buffer.setCount(length)
                count += 1
                continue
            }
            if length < 0, errno == EINTR { continue }
            batch.commitRead(count)
            if length < 0, errno != EAGAIN, count == 0 { throw IOError(errnoOf: "read TUN device") }
            return count
        }
        batch.commitRead(count)
        return count
    }

    /// Hands the batch's packets to the kernel, in order, and returns how many it took; each packet's `outcome` says
    /// so. Packets with a `count` of 0 are passed over. A packet that is refused (interface down, nonsense) does not stop the others; only a device that
    /// is gone throws.
    @discardableResult
    package func write(_ batch: PacketBatch) throws(IOError) -> Int {
        var sent = 0
        for index in 0..<batch.count {
            let bytes = batch.packets[index].buffer.bytes
            guard !bytes.isEmpty else { continue }
            let failure = write(bytes)
            batch.packets[index].outcome = failure == 0 ? .sent : .failed(failure)
            if failure == 0 {
                sent += 1
            } else if failure == EBADFD {
                throw IOError(EBADFD, "write TUN device")
            }
        }
        return sent
    }

    /// Hands one packet to the kernel; returns 0 or an `errno`.
    package func write(_ packet: UnsafeMutableRawBufferPointer) -> Int32 {
        while Glibc.write(descriptor.number, packet.baseAddress, packet.count) < 0 {
            if errno != EINTR { return errno }
        }
        return 0
    }
}
