/// The ones' complement sum of 16-bit words (RFC 1071) of whatever was added so far. Words are taken in the machine's
/// byte order, as the sum comes out in the order that its words had: results are stored as they are, without
/// swapping.
@frozen
package struct InternetChecksum: BitwiseCopyable, Sendable {
    /// Congruent to the sum modulo 0xFFFF. Each addition brings less than 2^34, so that it cannot overflow in practice
    /// (a billion additions).
    @usableFromInline var sum: UInt64

    @inlinable @inline(__always)
    package init() { sum = 0 }

    /// A sum to go on from, as a stored (partial, not complemented) checksum field.
    @inlinable @inline(__always)
    package init(word: UInt16) { sum = UInt64(word) }

    @usableFromInline @inline(__always)
    init(sum: UInt64) { self.sum = sum }

    /// The sum in 16 bits: what a packet bears whose checksum is left to be completed.
    @inlinable @inline(__always)
    package var folded: UInt16 {
        var value = (sum & 0xFFFF_FFFF) &+ sum >> 32
        value = (value & 0xFFFF) &+ (value >> 16 & 0xFFFF) &+ value >> 32
        value = (value & 0xFFFF) &+ value >> 16
        value = (value & 0xFFFF) &+ value >> 16
        return UInt16(truncatingIfNeeded: value)
    }

    /// The checksum as it is stored in a packet.
    @inlinable @inline(__always)
    package var checksum: UInt16 { ~folded }

    /// Adds a word as it lies in memory.
    @inlinable @inline(__always)
    package mutating func add(word: UInt16) { sum &+= UInt64(word) }

    /// Adds two words as they lie in memory.
    @inlinable @inline(__always)
    package mutating func add(words: UInt32) { sum &+= UInt64(words) }

    /// Adds a number that stands in network byte order in the packet.
    @inlinable @inline(__always)
    package mutating func add(number: UInt16) { sum &+= UInt64(number.bigEndian) }

    /// Adds a 32-bit number that stands in network byte order in the packet.
    @inlinable @inline(__always)
    package mutating func add(number: UInt32) { sum &+= UInt64(number.bigEndian) }

    /// Takes a number out again that had been added.
    @inlinable @inline(__always)
    package mutating func subtract(number: UInt16) { sum &+= UInt64(~number.bigEndian) }

    /// Takes a word out again that had been added.
    @inlinable @inline(__always)
    package mutating func subtract(word: UInt16) { sum &+= UInt64(~word) }

    /// Adds a sum over bytes that begin at an even place of the whole.
    @inlinable @inline(__always)
    package mutating func add(_ other: InternetChecksum) {
        sum &+= (other.sum & 0xFFFF_FFFF) &+ other.sum >> 32
    }

    /// Adds a sum over bytes that begin at place `offset` of the whole, odd or even.
    @inlinable
    package mutating func add(_ other: InternetChecksum, offset: Int) {
        sum &+= UInt64(offset & 1 == 0 ? other.folded : other.folded.byteSwapped)
    }

    /// Adds bytes that begin at an even place of the whole; an odd last byte counts as if a zero followed.
    @inline(__always)
    package mutating func add(_ bytes: UnsafeRawPointer, count: Int) {
        add(Self.sum(bytes, count: count))
    }

    /// Adds the pseudo header of TCP or UDP (RFC 9293 §3.1, RFC 8200 §8.1).
    /// - Parameters:
    ///   - addresses: source and destination as they lie in the IP header.
    ///   - count: both addresses' length in bytes: 8 or 32.
    ///   - length: of the transport header and its payload.
    @inline(__always)
    package mutating func addPseudoHeader(
        addresses: UnsafeRawPointer, count: Int, protocolNumber: UInt8, length: Int
    ) {
        var offset = 0
        while offset < count {
            add(words: addresses.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            offset &+= 4
        }
        add(number: UInt16(protocolNumber))
        add(number: UInt32(truncatingIfNeeded: length))
    }

    /// The sum of bytes; an odd last byte counts as if a zero followed.
    package static func sum(_ bytes: UnsafeRawPointer, count: Int) -> InternetChecksum {
        var lanes = Lanes()
        var place = bytes
        var rest = count
        while rest >= 64 {
            lanes.add(place, place + 16, place + 32, place + 48)
            place += 64
            rest &-= 64
        }
        while rest >= 16 {
            lanes.add(place)
            place += 16
            rest &-= 16
        }
        return InternetChecksum(sum: lanes.sum &+ sumOfTail(place, count: rest))
    }

    /// Copies bytes and sums them up on the way. The ranges must not overlap.
    package static func copyAndSum(
        from source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int
    ) -> InternetChecksum {
        var lanes = Lanes()
        var place = source
        var target = destination
        var rest = count
        while rest >= 64 {
            lanes.copy(place, to: target)
            lanes.copy(place + 16, to: target + 16)
            lanes.copy(place + 32, to: target + 32)
            lanes.copy(place + 48, to: target + 48)
            place += 64
            target += 64
            rest &-= 64
        }
        while rest >= 16 {
            lanes.copy(place, to: target)
            place += 16
            target += 16
            rest &-= 16
        }
        let tail = sumOfTail(place, count: rest)
        copyTail(place, to: target, count: rest)
        return InternetChecksum(sum: lanes.sum &+ tail)
    }

    /// Of fewer than 16 bytes.
    @inline(__always)
    private static func sumOfTail(_ bytes: UnsafeRawPointer, count: Int) -> UInt64 {
        var place = bytes
        var sum: UInt64 = 0
        if count & 8 != 0 {
            sum &+= UInt64(place.loadUnaligned(as: UInt32.self))
            sum &+= UInt64(place.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            place += 8
        }
        if count & 4 != 0 {
            sum &+= UInt64(place.loadUnaligned(as: UInt32.self))
            place += 4
        }
        if count & 2 != 0 {
            sum &+= UInt64(place.loadUnaligned(as: UInt16.self))
            place += 2
        }
        if count & 1 != 0 {
            sum &+= UInt64((UInt16(place.load(as: UInt8.self)) << 8).bigEndian)
        }
        return sum
    }

    /// Of fewer than 16 bytes.
    @inline(__always)
    private static func copyTail(_ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, count: Int) {
        var offset = 0
        if count & 8 != 0 {
            destination.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
            offset = 8
        }
        if count & 4 != 0 {
            destination.storeBytes(
                of: source.loadUnaligned(fromByteOffset: offset, as: UInt32.self), toByteOffset: offset,
                as: UInt32.self)
            offset &+= 4
        }
        if count & 2 != 0 {
            destination.storeBytes(
                of: source.loadUnaligned(fromByteOffset: offset, as: UInt16.self), toByteOffset: offset,
                as: UInt16.self)
            offset &+= 2
        }
        if count & 1 != 0 {
            destination.storeBytes(
                of: source.load(fromByteOffset: offset, as: UInt8.self), toByteOffset: offset, as: UInt8.self)
        }
    }

    /// Sums 16 bytes at a time, in three instructions that every x86-64 has: all 64-bit words modulo 2^64, and apart
    /// from that their upper halves, which cannot overflow. The lower halves' sum is what the upper ones leave of the
    /// first.
    private struct Lanes {
        var whole = SIMD2<UInt64>()
        var upper = SIMD2<UInt64>()

        @inline(__always)
        mutating func add(vector: SIMD2<UInt64>) {
            whole &+= vector
            upper &+= vector &>> 32
        }

        @inline(__always)
        mutating func add(_ bytes: UnsafeRawPointer) {
            add(vector: bytes.loadUnaligned(as: SIMD2<UInt64>.self))
        }

        @inline(__always)
        mutating func add(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeRawPointer, _ d: UnsafeRawPointer) {
            add(a)
            add(b)
            add(c)
            add(d)
        }

        @inline(__always)
        mutating func copy(_ source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer) {
            let vector = source.loadUnaligned(as: SIMD2<UInt64>.self)
            destination.storeBytes(of: vector, as: SIMD2<UInt64>.self)
            add(vector: vector)
        }

        /// Less than 2^33.
        @inline(__always)
        var sum: UInt64 {
            let lower = whole &- (upper &<< 32)
            let total = lower[0] &+ lower[1] &+ upper[0] &+ upper[1]
            return (total & 0xFFFF_FFFF) &+ total >> 32
        }
    }
}
