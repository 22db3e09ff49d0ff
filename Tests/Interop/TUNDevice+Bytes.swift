import Glibc
import PacketIO

/// A packet as a device brought it.
struct TUNPacket {
    var header: VirtioNetHeader
    var bytes: [UInt8]
}

extension TUNDevice {
    /// All packets that wait in the device.
    func readAll() throws(IOError) -> [TUNPacket] {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.longestPacket, alignment: 16)
        defer { room.deallocate() }
        var packets: [TUNPacket] = []
        while true {
            var header = VirtioNetHeader()
            let count = try read(into: room, header: &header)
            guard count > 0 else { return packets }
            packets.append(TUNPacket(header: header, bytes: Array(room[..<count])))
        }
    }

    /// Hands over a packet that is whole.
    func write(_ packet: [UInt8]) -> Int32 {
        var packet = packet
        return packet.withUnsafeMutableBytes { write($0) }
    }

    /// Hands over a packet with what is still to be done to it. The device has `offload`.
    func write(_ packet: TUNPacket) -> Int32 {
        var head = [UInt8](repeating: 0, count: VirtioNetHeader.byteCount)
        head.withUnsafeMutableBytes { if let base = $0.baseAddress { packet.header.write(to: base) } }
        var body = packet.bytes
        return head.withUnsafeMutableBytes { head in
            body.withUnsafeMutableBytes { body in
                let vectors = [
                    iovec(iov_base: head.baseAddress, iov_len: head.count),
                    iovec(iov_base: body.baseAddress, iov_len: body.count),
                ]
                return vectors.withUnsafeBufferPointer { write($0) }
            }
        }
    }
}
