internal import Addressing
internal import CLinux
internal import Glibc
internal import PacketIO

/// A UDP socket that blocks, with queues so long that it is never the one that loses packets.
struct DatagramSocket {
    private let descriptor: Descriptor
    var number: Int32 { descriptor.number }

    private static let queueBytes: Int32 = 32 << 20

    /// Sends to `remote` alone, and hears from it alone.
    init(to remote: Endpoint) throws(IOError) {
        try self.init(remote, "connect") { connect($0, $1, $2) }
    }

    init(at local: Endpoint) throws(IOError) {
        try self.init(local, "bind") { bind($0, $1, $2) }
    }

    private init(
        _ endpoint: Endpoint, _ operation: String, _ attach: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) throws(IOError) {
        let domain = endpoint.address.family == .v4 ? AF_INET : AF_INET6
        let number = socket(domain, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw IOError(errno, "socket") }
        descriptor = Descriptor(owning: number)
        var bytes = Self.queueBytes
        for option in [clinux_so_rcvbufforce, clinux_so_sndbufforce] {
            guard setsockopt(number, SOL_SOCKET, option, &bytes, 4) == 0 else { throw IOError(errno, "SO_RCVBUFFORCE") }
        }
        let status = SocketAddress(endpoint).withBytes { address in
            attach(number, address.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(address.count))
        }
        guard status == 0 else { throw IOError(errno, operation, "\(endpoint)") }
    }

    /// Whether something can be read within the time.
    func isReadable(within milliseconds: Int32) -> Bool {
        var state = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, milliseconds) > 0
    }

    /// The length of the next datagram; `nil` when none waits.
    func receive(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = recv(number, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : count
    }

    /// A datagram that the kernel refuses is one that was lost.
    func send(_ bytes: UnsafeRawBufferPointer) {
        _ = Glibc.send(number, bytes.baseAddress, bytes.count, 0)
    }
}
