internal import FoundationEssentials

/// Walks the top-level fields of a protobuf message without decoding them: what can be known of bytes that nobody has
/// verified yet, at no cost in memory (a decoded message can be a hundred times its encoding).
struct FieldScanner: IteratorProtocol {
    struct Field {
        let number: UInt64
        /// The value of a varint field.
        let varint: UInt64?
    }

    private var rest: Data
    /// Whether `next` ended because all is read; otherwise the bytes are no protobuf, or have groups, which no message
    /// of ours has.
    private(set) var isComplete = false

    init(_ bytes: Data) {
        rest = bytes
    }

    /// `nil` at the end, and where the bytes stop being protobuf.
    mutating func next() -> Field? {
        isComplete = rest.isEmpty
        guard let tag = varint() else { return nil }
        let number = tag >> 3
        switch tag & 7 {
        case 0: return varint().map { Field(number: number, varint: $0) }
        case 1: return skip(8) ? Field(number: number, varint: nil) : nil
        case 2: return varint().flatMap { skip($0) ? Field(number: number, varint: nil) : nil }
        case 5: return skip(4) ? Field(number: number, varint: nil) : nil
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    private mutating func skip(_ count: UInt64) -> Bool {
        guard count <= UInt64(rest.count) else { return false }
        rest = rest.dropFirst(Int(count))
        return true
    }
}
