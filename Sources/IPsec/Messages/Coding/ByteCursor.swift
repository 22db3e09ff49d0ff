/// Reads a message from front to back and never past its end.
///
/// A value: a copy from before a failed read is where it was.
struct ByteCursor {
    private let bytes: [UInt8]
    /// Bytes from the start of what is decoded.
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.init(bytes: bytes, position: 0, end: bytes.count)
    }

    /// `position` and `end` are in `bytes`.
    private init(bytes: [UInt8], position: Int, end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    var remaining: Int { end - position }
    var isAtEnd: Bool { position == end }

    mutating func uint8() throws(MessageError) -> UInt8 {
        try UInt8(truncatingIfNeeded: number(1))
    }

    mutating func uint16() throws(MessageError) -> UInt16 {
        try UInt16(truncatingIfNeeded: number(2))
    }

    mutating func uint32() throws(MessageError) -> UInt32 {
        try UInt32(truncatingIfNeeded: number(4))
    }

    mutating func uint64() throws(MessageError) -> UInt64 {
        try number(8)
    }

    mutating func skip(_ count: Int) throws(MessageError) {
        _ = try advance(count)
    }

    mutating func take(_ count: Int) throws(MessageError) -> [UInt8] {
        try Array(bytes[advance(count)])
    }

    /// All that is left.
    mutating func rest() -> [UInt8] {
        defer { position = end }
        return Array(bytes[position..<end])
    }

    /// A cursor for the next bytes alone, which this one passes over.
    mutating func part(_ count: Int) throws(MessageError) -> ByteCursor {
        let range = try advance(count)
        return ByteCursor(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    }

    /// Whatever has been read must have been all.
    func finish() throws(MessageError) {
        guard isAtEnd else { throw MessageError(.leftOver(remaining), at: position) }
    }

    private mutating func advance(_ count: Int) throws(MessageError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw MessageError(.truncated, at: position) }
        let range = position..<(position + count)
        position += count
        return range
    }

    /// Big endian.
    private mutating func number(_ count: Int) throws(MessageError) -> UInt64 {
        try bytes[advance(count)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
