package import Tunneling

/// Leave to seal some packets under one SA, and where they go.
package struct ESPRun {
    package let sa: OutboundSA
    package let path: Path
    private var nextNumber: UInt64
    private let endNumber: UInt64
    package var isFull: Bool { nextNumber == endNumber }
    /// What was sealed: packets, and their bytes before encryption.
    package private(set) var packets = 0
    package private(set) var bytes = 0

    init(sa: OutboundSA, path: Path, numbers: Range<UInt64>) {
        self.sa = sa
        self.path = path
        nextNumber = numbers.lowerBound
        endNumber = numbers.upperBound
    }

    /// Bytes from a packet's beginning to the end of its datagram.
    package func sealedCount(_ count: Int) -> Int { sa.format.paddedCount(count) + sa.format.checkCount }

    /// Writes header, vector, padding and trailer around a packet of IP; returns its sequence number, and how much there is to
    /// encrypt.
    @inline(__always)
    mutating func frame(_ packet: UnsafeMutableRawPointer, count: Int) -> (number: UInt64, padded: Int) {
        precondition(nextNumber < endNumber, "more packets than the run was begun for")
        let number = nextNumber
        nextNumber += 1
        let padded = sa.format.paddedCount(count)
        let padding = padded - count - ESPFormat.trailerCount
        for index in 0..<padding {
            packet.storeBytes(of: UInt8(truncatingIfNeeded: index + 1), toByteOffset: count + index, as: UInt8.self)
        }
        let isV6 = packet.load(as: UInt8.self) >> 4 == 6
        packet.storeBytes(of: UInt8(truncatingIfNeeded: padding), toByteOffset: padded - 2, as: UInt8.self)
        packet.storeBytes(
            of: isV6 ? ESPNextHeader.ipv6 : ESPNextHeader.ipv4, toByteOffset: padded - 1, as: UInt8.self)
        let header = packet - sa.format.headerCount
        header.storeBytes(of: sa.spi.bigEndian, as: UInt32.self)
        header.storeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian, toByteOffset: 4, as: UInt32.self)
        // An AEAD's vector need only be new with each packet; that of CBC is the cipher's to write.
        header.storeBytes(of: number.bigEndian, toByteOffset: 8, as: UInt64.self)
        packets += 1
        bytes += count
        return (number, padded)
    }
}
