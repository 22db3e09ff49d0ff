internal import CLinux
internal import Glibc
internal import PacketIO

/// Datagrams that go to the kernel, or come from it, in one call. Each begins with its number.
final class DatagramBatch {
    let capacity: Int
    private let size: Int
    private let messages: UnsafeMutablePointer<clinux_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let bytes: UnsafeMutableRawPointer

    /// What is read of a datagram: its number, and in the last one how many there were.
    static let headerCount = 16
    /// The number of the last one.
    static let finish = UInt64.max

    /// `size` is the bytes of each: the payload to send, or as much as is to be looked at.
    init(capacity: Int, size: Int) {
        precondition(size >= Self.headerCount)
        self.capacity = capacity
        self.size = size
        messages = .allocate(capacity: capacity)
        vectors = .allocate(capacity: capacity)
        bytes = .allocate(byteCount: capacity * size, alignment: 16)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * size)
        for index in 0..<capacity {
            (vectors + index).initialize(to: iovec(iov_base: bytes + index * size, iov_len: size))
            var header = msghdr()
            header.msg_iov = vectors + index
            header.msg_iovlen = 1
            (messages + index).initialize(to: clinux_mmsghdr(header: header, length: 0))
        }
    }

    deinit {
        messages.deallocate()
        vectors.deallocate()
        bytes.deallocate()
    }

    /// Sends datagrams with the numbers from `first` on.
    func send(_ count: Int, from first: UInt64, by socket: DatagramSocket) throws(IOError) {
        for index in 0..<count {
            bytes.storeBytes(of: first + UInt64(index), toByteOffset: index * size, as: UInt64.self)
        }
        try send(count, by: socket)
    }

    /// Tells the receiver that `total` have been sent.
    func sendFinish(total: UInt64, by socket: DatagramSocket) throws(IOError) {
        bytes.storeBytes(of: Self.finish, as: UInt64.self)
        bytes.storeBytes(of: total, toByteOffset: 8, as: UInt64.self)
        try send(1, by: socket)
    }

    private func send(_ count: Int, by socket: DatagramSocket) throws(IOError) {
        var next = 0
        while next < count {
            let sent = clinux_sendmmsg(socket.number, messages + next, UInt32(count - next), 0)
            if sent > 0 {
                next += Int(sent)
            } else if errno == ENOBUFS {
                // The tunnel's queue is full: lost.
                next += 1
            } else if errno != EINTR, errno != ECONNREFUSED {
                throw IOError(errno, "sendmmsg")
            }
        }
    }

    /// How many came: 0 when none waits.
    func receive(from socket: DatagramSocket) throws(IOError) -> Int {
        let count = clinux_recvmmsg(socket.number, messages, UInt32(capacity), Int32(MSG_DONTWAIT))
        guard count < 0 else { return Int(count) }
        guard errno == EAGAIN || errno == EINTR else { throw IOError(errno, "recvmmsg") }
        return 0
    }

    /// Of a received one.
    func number(_ index: Int) -> UInt64 { bytes.load(fromByteOffset: index * size, as: UInt64.self) }

    /// Of the last one.
    func total(_ index: Int) -> UInt64 { bytes.load(fromByteOffset: index * size + 8, as: UInt64.self) }
}
