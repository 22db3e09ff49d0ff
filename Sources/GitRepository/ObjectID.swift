/// The SHA-1 name of a git object: 20 bytes, written as 40 lower-case hexadecimal digits.
package struct ObjectID: Hashable, Sendable, Comparable {
    /// The bytes in order, the first the highest.
    let high: UInt64
    let middle: UInt64
    let low: UInt32

    /// Bytes in an object id.
    package static let byteCount = 20

    /// `nil` unless there are exactly 20 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init { offset in bytes[bytes.index(bytes.startIndex, offsetBy: offset)] }
    }

    private init(byteAt: (Int) -> UInt8) {
        high = (0..<8).reduce(0) { $0 << 8 | UInt64(byteAt($1)) }
        middle = (8..<16).reduce(0) { $0 << 8 | UInt64(byteAt($1)) }
        low = (16..<20).reduce(0) { $0 << 8 | UInt32(byteAt($1)) }
    }

    init(high: UInt64, middle: UInt64, low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    package var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: middle >> UInt64(56 - 8 * $0)) }
            + (0..<4).map { UInt8(truncatingIfNeeded: low >> UInt32(24 - 8 * $0)) }
    }

    package static func < (a: ObjectID, b: ObjectID) -> Bool {
        (a.high, a.middle, a.low) < (b.high, b.middle, b.low)
    }
}

extension ObjectID: CustomStringConvertible, LosslessStringConvertible {
    /// Exactly 40 hexadecimal digits of either case.
    package init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The first 12 digits, for people.
    package var short: String { String(description.prefix(12)) }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
