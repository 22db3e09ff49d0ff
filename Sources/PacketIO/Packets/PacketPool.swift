internal import Glibc
internal import Synchronization

/// A bounded store of packet buffers. All slots are large enough for the longest datagram, yet cost memory only as far
/// as they were ever filled: the slab is reserved address space, and the kernel backs a page when it is first written.
///
/// Any thread may take and give; each call locks once, so take and give whole batches.
package final class PacketPool: Sendable {
    /// Room before a packet, in bytes: for headers put in front (16 bytes of a WireGuard data message, or ESP in UDP).
    package let headroom: Int
    /// Bytes in a slot after the headroom.
    package let room: Int
    /// Number of slots.
    package let capacity: Int

    private static let pageSize = 4096
    /// Slots begin at different offsets in their page, as first bytes at equal offsets would share few cache sets.
    private static let colors = 16
    private static let colorStep = 128

    // The slab is written through buffers only (see PacketBuffer for who may), and its address never changes.
    private nonisolated(unsafe) let slab: UnsafeMutableRawPointer
    private let stride: Int
    private let free: Mutex<[Int32]>

    /// - Parameters:
    ///   - slots: how many packets can be under way at once.
    ///   - longest: the longest packet that a slot must hold, in bytes, 65,535 for whatever UDP may bring.
    ///   - headroom: bytes before it.
    ///   - tailroom: bytes after it (padding and tag).
    package init(slots: Int, longest: Int = 65_535, headroom: Int = 64, tailroom: Int = 64) throws(IOError) {
        precondition(
            slots > 0 && slots <= 1 << 20 && longest > 0 && longest <= 1 << 20 && headroom >= 0 && tailroom >= 0)
        self.headroom = headroom
        room = longest + tailroom
        capacity = slots
        let pages = (Self.colors * Self.colorStep + headroom + room + Self.pageSize - 1) / Self.pageSize
        stride = pages * Self.pageSize
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let memory = mmap(nil, stride * slots, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
            throw IOError(errnoOf: "mmap", "\(stride * slots) bytes for packets")
        }
        // Huge pages would back whole slots at once.
        madvise(memory, stride * slots, MADV_NOHUGEPAGE)
        slab = memory
        free = Mutex((0..<Int32(slots)).reversed())
    }

    deinit {
        munmap(slab, stride * capacity)
    }

    /// How many slots nobody holds.
    package var available: Int { free.withLock { $0.count } }

    /// An empty buffer, its packet beginning after the headroom; `nil` when all are in use.
    package func take() -> PacketBuffer? {
        free.withLock { $0.popLast() }.map(fresh)
    }

    /// Gives a buffer back. It must come from this pool.
    package func give(_ buffer: PacketBuffer) {
        check(buffer)
        free.withLock { $0.append(buffer.slot) }
    }

    /// Fills the batch's tail with empty buffers, up to its capacity or until the pool has no more.
    func fill(_ batch: PacketBatch) {
        free.withLock { free in
            while batch.prepared < batch.capacity, let slot = free.popLast() {
                batch.packets[batch.prepared] = Packet(buffer: fresh(slot))
                batch.prepared += 1
            }
        }
    }

    /// Takes back all buffers of the batch, used or only prepared.
    func drain(_ batch: PacketBatch) {
        free.withLock { free in
            for index in 0..<batch.prepared {
                let buffer = batch.packets[index].buffer
                check(buffer)
                free.append(buffer.slot)
            }
        }
        batch.prepared = 0
    }

    private func fresh(_ slot: Int32) -> PacketBuffer {
        let color = Int(slot) % Self.colors * Self.colorStep
        return PacketBuffer(
            base: slab + Int(slot) * stride + color, slot: slot, capacity: Int32(headroom + room),
            start: Int32(headroom))
    }

    private func check(_ buffer: PacketBuffer) {
        precondition(
            buffer.slot >= 0 && Int(buffer.slot) < capacity
                && buffer.base == slab + Int(buffer.slot) * stride + Int(buffer.slot) % Self.colors * Self.colorStep,
            "a buffer of another pool")
    }
}
