/// Writes a message from front to back; numbers are big endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Puts a 16-bit length at the place of its bytes, once it is known: of all from `start` to here. What the product sends is
    /// never longer than that can say.
    mutating func patchLength(at offset: Int, from start: Int) {
        let count = UInt16(bytes.count - start)
        bytes[offset] = UInt8(truncatingIfNeeded: count >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: count)
    }
}
