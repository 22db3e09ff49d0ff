internal import CLinux
internal import Glibc

/// A connection over a Unix socket; non-blocking.
package final class UnixStream: Sendable {
    /// To be polled.
    package let descriptor: Descriptor
    package let peer: PeerCredentials

    /// What a read came to.
    package enum ReadResult: Hashable, Sendable {
        /// So many bytes were appended.
        case bytes(Int)
        /// Nothing is there yet.
        case wouldBlock
        /// The other end will send no more.
        case end
    }

    init(_ descriptor: Descriptor) throws(IOError) {
        self.descriptor = descriptor
        peer = try PeerCredentials(of: descriptor)
    }

    package static func connect(path: String) throws(IOError) -> UnixStream {
        let descriptor = try makeSocket()
        var address = try UnixAddress(path)
        let connected = address.withSocketAddress { Glibc.connect(descriptor.number, $0, $1) }
        guard connected == 0 else { throw IOError(errnoOf: "connect", path) }
        return try UnixStream(descriptor)
    }

    /// Two ends of one connection.
    package static func pair() throws(IOError) -> (UnixStream, UnixStream) {
        var numbers: [Int32] = [-1, -1]
        try retrying("socketpair") { socketpair(AF_UNIX, socketKind, 0, &numbers) }
        let first = Descriptor(owning: numbers[0])
        let second = Descriptor(owning: numbers[1])
        return (try UnixStream(first), try UnixStream(second))
    }

    /// Appends what is there, at most `limit` bytes, to `buffer`.
    package func read(into buffer: inout [UInt8], limit: Int = 65_536) throws(IOError) -> ReadResult {
        let before = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: limit))
        var length: Int
        repeat {
            length = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor.number, $0.baseAddress.map { $0 + before }, limit)
            }
        } while length < 0 && errno == EINTR
        let code = errno
        buffer.removeLast(limit - max(length, 0))
        if length > 0 { return .bytes(length) }
        if length == 0 { return .end }
        if code == EAGAIN { return .wouldBlock }
        throw IOError(code, "read")
    }

    /// Writes as many of the bytes as go, and returns how many: 0 when the other end must read first.
    package func write(_ bytes: ArraySlice<UInt8>) throws(IOError) -> Int {
        while true {
            // MSG_NOSIGNAL: that the other end is gone is an error, not a signal.
            let length = bytes.withUnsafeBytes {
                send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if length >= 0 { return length }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { throw IOError(errnoOf: "write") }
        }
    }

    /// Says that no more will be written.
    package func finishWriting() {
        _ = shutdown(descriptor.number, Int32(SHUT_WR))
    }

    private static var socketKind: Int32 {
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    }

    static func makeSocket() throws(IOError) -> Descriptor {
        Descriptor(owning: try retrying("Unix socket") { socket(AF_UNIX, socketKind, 0) })
    }
}

/// The kernel's form of a socket's path.
struct UnixAddress {
    private var storage = sockaddr_un()

    init(_ path: String) throws(IOError) {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, !bytes.contains(0), bytes.count < MemoryLayout.size(ofValue: storage.sun_path) else {
            throw IOError(ENAMETOOLONG, "socket path", path)
        }
        storage.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &storage.sun_path) { $0.copyBytes(from: bytes) }
    }

    mutating func withSocketAddress<R>(_ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
