/// One slot of a `PacketPool` and the part of it that holds a packet: headroom, `count` bytes, tailroom.
///
/// A plain handle, without reference counting: whoever holds it gives it back to its pool exactly once, and does not use
/// it after that. Moving it to another thread moves that duty with it; the memory has one user at a time.
@frozen
package struct PacketBuffer: @unchecked Sendable {
    // Sendable by the rule above: one holder at a time, handed over through a lock or queue.
    /// Where the slot begins. It is `capacity` bytes long and stays valid for as long as the pool lives.
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let slot: Int32
    /// Bytes from the slot's beginning to its end.
    package let capacity: Int32
    // Where the packet begins in the slot, and how long it is: first + length <= capacity.
    @usableFromInline var first: Int32
    @usableFromInline var length: Int32

    @usableFromInline
    init(base: UnsafeMutableRawPointer, slot: Int32, capacity: Int32, start: Int32) {
        self.base = base
        self.slot = slot
        self.capacity = capacity
        first = start
        length = 0
    }

    /// Where the packet begins in the slot.
    @inlinable package var start: Int { Int(first) }
    /// Length of the packet in bytes.
    @inlinable package var count: Int { Int(length) }

    /// The packet's bytes.
    @inlinable
    package var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base + start, count: count)
    }

    /// The packet's bytes and the tailroom after them: where a packet may be written.
    @inlinable
    package var writable: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base + start, count: Int(capacity) - start)
    }

    @inlinable package var headroom: Int { start }
    @inlinable package var tailroom: Int { Int(capacity) - start - count }

    /// Where the packet lies in the slot. Out of range is our own mistake, and traps.
    @inlinable
    package mutating func setRange(start: Int, count: Int) {
        precondition(start >= 0 && count >= 0 && start + count <= Int(capacity))
        first = Int32(truncatingIfNeeded: start)
        length = Int32(truncatingIfNeeded: count)
    }

    /// Sets the length, leaving the start where it is.
    @inlinable
    package mutating func setCount(_ count: Int) {
        setRange(start: start, count: count)
    }

    /// Lets the packet begin `bytes` earlier (into the headroom), as for a header in front.
    @inlinable
    package mutating func prepend(_ bytes: Int) {
        setRange(start: start - bytes, count: count + bytes)
    }

    /// Cuts `bytes` off the front, as for a header that was read.
    @inlinable
    package mutating func removeFirst(_ bytes: Int) {
        setRange(start: start + bytes, count: count - bytes)
    }

    /// Lets the packet end `bytes` later (into the tailroom), as for padding and tag. What is there is arbitrary.
    @inlinable
    package mutating func append(_ bytes: Int) {
        setRange(start: start, count: count + bytes)
    }
}
