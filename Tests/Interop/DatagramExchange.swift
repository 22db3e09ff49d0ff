import Addressing
import Glibc
import PacketIO
import TestLab
import TestRandom

/// UDP between two namespaces, a datagram there and the same back. Each is compared with what was sent.
struct DatagramExchange {
    private let left: Descriptor
    private let right: Descriptor

    init(_ left: (Namespace, IPAddress), _ right: (Namespace, IPAddress)) throws {
        (self.left, self.right) = try ExchangeSockets.datagramPair(left, right)
    }

    /// Throws when one does not arrive as it was.
    func run(sizes: [Int]) throws {
        for size in sizes {
            let bytes = SeededRandom.bytes(size)
            try pass(bytes, from: left, to: right)
            try pass(bytes, from: right, to: left)
        }
    }

    private func pass(_ bytes: [UInt8], from: Descriptor, to: Descriptor) throws {
        guard send(from.number, bytes, bytes.count, 0) == bytes.count else {
            throw LabError("send \(bytes.count) bytes: \(String(cString: strerror(errno)))")
        }
        var state = pollfd(fd: to.number, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 5_000) == 1 else { throw LabError("a datagram of \(bytes.count) bytes did not arrive") }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(to.number, &buffer, buffer.count, 0)
        guard count == bytes.count, buffer.starts(with: bytes) else {
            throw LabError("\(count) bytes arrived that are not the \(bytes.count) that were sent")
        }
    }
}
