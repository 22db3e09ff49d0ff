internal import Glibc
internal import PacketIO

/// Frames of an interface as they are on the wire, of both directions, but for those that it sends itself (AF_PACKET).
struct PacketSocket {
    let descriptor: Descriptor

    init(interface: String) throws(IOError) {
        let index = if_nametoindex(interface)
        guard index != 0 else { throw IOError(errno, "if_nametoindex", interface) }
        let everything = UInt16(0x0003).bigEndian
        let flags = Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(AF_PACKET, flags, Int32(everything))
        guard number >= 0 else { throw IOError(errno, "socket") }
        descriptor = Descriptor(owning: number)
        var queue: Int32 = 16 << 20
        setsockopt(number, SOL_SOCKET, SO_RCVBUF, &queue, 4)
        // struct sockaddr_ll: family, protocol, index, and what is only told and not asked for.
        var address = [UInt8](repeating: 0, count: 20)
        address.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: UInt16(AF_PACKET), as: UInt16.self)
            bytes.storeBytes(of: everything, toByteOffset: 2, as: UInt16.self)
            bytes.storeBytes(of: index, toByteOffset: 4, as: UInt32.self)
        }
        let status = address.withUnsafeBytes { bytes in
            bind(number, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        guard status == 0 else { throw IOError(errno, "bind", interface) }
    }

    /// The next frame; `nil` when none waits. One that is longer than the buffer is as long as the buffer.
    func receive(_ buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
        let count = recv(descriptor.number, &buffer, buffer.count, 0)
        return count > 0 ? buffer[..<count] : nil
    }

    /// Whether the kernel took it.
    func send(_ frame: [UInt8]) -> Bool {
        Glibc.send(descriptor.number, frame, frame.count, 0) == frame.count
    }
}
