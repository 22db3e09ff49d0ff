/// A fixed number of packets that are read, worked on and written together. Belongs to one thread, as do its elements.
///
/// Reading (`TUNDevice.read`, `UDPSockets.receive`) replaces its contents; buffers come from the pool and go back to it
/// with `removeAll`, the next read, or the batch's end, unless `take` moved them out.
package final class PacketBatch {
    package let pool: PacketPool
    package let capacity: Int
    /// How many packets the batch holds.
    package private(set) var count = 0

    /// Elements below `count` are the packets; those below `prepared` own an empty buffer for the next read.
    let packets: UnsafeMutablePointer<Packet>
    var prepared = 0
    /// Headers for the kernel's batch calls, made on the first use with a UDP socket.
    lazy var messages = MessageHeaders(capacity: capacity)

    package init(pool: PacketPool, capacity: Int) {
        precondition(capacity > 0 && capacity <= 1024)
        self.pool = pool
        self.capacity = capacity
        packets = .allocate(capacity: capacity)
    }

    deinit {
        pool.drain(self)
        packets.deallocate()
    }

    package var isEmpty: Bool { count == 0 }
    package var isFull: Bool { count == capacity }

    package subscript(index: Int) -> Packet {
        get {
            precondition(index >= 0 && index < count)
            return packets[index]
        }
        _modify {
            precondition(index >= 0 && index < count)
            yield &packets[index]
        }
    }

    /// Adds a packet, whose buffer is the batch's from now on. The batch must not be full.
    package func append(_ packet: Packet) {
        precondition(count < capacity)
        if prepared > count {
            // An empty buffer is in the way: it goes to the end, or back where it came from.
            if prepared < capacity {
                packets[prepared] = packets[count]
                prepared += 1
            } else {
                pool.give(packets[count].buffer)
            }
        } else {
            prepared += 1
        }
        packets[count] = packet
        count += 1
    }

    /// Adds an empty packet from the pool and returns its index; `nil` when batch or pool is exhausted.
    package func appendEmpty() -> Int? {
        guard count < capacity else { return nil }
        if prepared == count {
            guard let buffer = pool.take() else { return nil }
            packets[count] = Packet(buffer: buffer)
            prepared += 1
        }
        count += 1
        return count - 1
    }

    /// Moves packet `index` out of the batch, as to keep it until a handshake is through: the caller owns its buffer.
    /// The slot is refilled from the pool with an empty packet (`count` 0), so that indices stay; `nil`, and nothing
    /// happens, when the pool is exhausted.
    package func take(_ index: Int) -> Packet? {
        precondition(index >= 0 && index < count)
        guard let buffer = pool.take() else { return nil }
        let packet = packets[index]
        packets[index] = Packet(buffer: buffer)
        return packet
    }

    /// Gives all buffers back to the pool.
    package func removeAll() {
        count = 0
        pool.drain(self)
    }

    /// Empties the batch and gets buffers for a read; returns how many packets it may bring.
    func prepareForRead() -> Int {
        for index in 0..<count {
            // Buffers of the last round are used again: back to an empty packet after the headroom.
            packets[index] = Packet(buffer: packets[index].buffer)
            packets[index].buffer.setRange(start: pool.headroom, count: 0)
        }
        count = 0
        pool.fill(self)
        return prepared
    }

    /// Says that a read brought `count` packets, in order, into the prepared buffers.
    func commitRead(_ count: Int) {
        precondition(count <= prepared)
        self.count = count
    }
}
