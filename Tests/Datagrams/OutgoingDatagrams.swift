package import Addressing
package import PacketIO

/// Datagrams in memory of their own, one behind the other, and the queue that they are sent from.
package final class OutgoingDatagrams {
    package let queue = DatagramQueue()
    private let memory: UnsafeMutableRawBufferPointer
    private var used = 0

    package init(capacity: Int = 1 << 20) {
        memory = .allocate(byteCount: capacity, alignment: 64)
    }

    deinit {
        memory.deallocate()
    }

    /// Adds a datagram of one repeated byte.
    ///
    /// - Parameter gap: bytes that nobody sends, between it and the one before.
    package func add(
        _ byte: UInt8, count: Int, to remote: Endpoint, from local: IPAddress? = nil, tag: UInt64 = 1,
        gap: Int = 0
    ) {
        add([UInt8](repeating: byte, count: count), to: remote, from: local, tag: tag, gap: gap)
    }

    package func add(
        _ bytes: [UInt8], to remote: Endpoint, from local: IPAddress? = nil, tag: UInt64 = 1,
        gap: Int = 0
    ) {
        guard let base = memory.baseAddress else { return }
        precondition(used + gap + bytes.count <= memory.count)
        used += gap
        let start = base + used
        start.copyMemory(from: bytes, byteCount: bytes.count)
        used += bytes.count
        queue.append(
            start, count: bytes.count, to: remote, from: local.map { LocalAddress($0) }, tag: tag)
    }

    package func removeAll() {
        queue.removeAll()
        used = 0
    }
}
