/// Takes the values of RFC 4251 §5 from bytes, one after the other. `nil`: there are not enough of them, or they are no such
/// value; then nothing more can be read.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) {
        rest = ArraySlice(bytes)
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func uint32() -> UInt32? {
        take(4)?.reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func bytes(_ count: Int) -> [UInt8]? { take(count).map(Array.init) }

    /// A `string`: its length, and so many bytes.
    mutating func string() -> [UInt8]? {
        guard let count = uint32() else { return nil }
        return bytes(Int(count))
    }

    /// A `string` that is text; the names of algorithms are ASCII.
    mutating func text() -> String? {
        guard let bytes = string(), bytes.allSatisfy({ 0x20...0x7E ~= $0 }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An `mpint` that is not negative: big-endian, without leading zeros.
    mutating func unsignedInteger() -> [UInt8]? {
        guard let bytes = string(), bytes.first ?? 0 < 0x80 else { return nil }
        return Array(bytes.drop { $0 == 0 })
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else {
            rest = []
            return nil
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

/// Writes the values of RFC 4251 §5.
struct SSHWriter {
    private(set) var bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8> = []) {
        self.bytes = Array(bytes)
    }

    mutating func put(_ value: UInt32) {
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func put(string: some Collection<UInt8>) {
        put(UInt32(string.count))
        bytes += string
    }

    mutating func put(text: String) { put(string: text.utf8) }
}
