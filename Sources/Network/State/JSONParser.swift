/// Reads what `JSONValue.canonical` writes, and the same with other white space and order: the caller compares the
/// bytes again where only the canonical form will do.
struct JSONParser: ~Copyable {
    struct Failure: Error, Equatable {
        /// Bytes before the place.
        let offset: Int
        let reason: String
    }

    private static let deepest = 8

    private let bytes: [UInt8]
    private var position = 0

    /// The value that makes up all of `bytes`.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.failure("something follows the value") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.deepest else { throw failure("nested too deeply") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .integer(try integer())
        default: throw failure("neither object, list, string nor whole number")
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        var members: [String: JSONValue] = [:]
        position += 1
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw failure("a name is missing") }
            let name = try string()
            guard take(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
            guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                throw failure("\(name) is there twice")
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("an object does not end") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        var items: [JSONValue] = []
        position += 1
        if take(UInt8(ascii: "]")) { return .array(items) }
        repeat {
            items.append(try value(depth: depth + 1))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("a list does not end") }
        return .array(items)
    }

    private mutating func integer() throws(Failure) -> UInt64 {
        let start = position
        while let digit = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { position += 1 }
        let digits = bytes[start..<position]
        guard digits.count == 1 || digits.first != UInt8(ascii: "0"),
            let number = UInt64(String(decoding: digits, as: UTF8.self))
        else { throw failure("a number with leading zeros, or too large") }
        return number
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure("not UTF-8") }
                return text
            case UInt8(ascii: "\\"): content.append(try escaped())
            case 0..<0x20: throw failure("a control character in a string")
            default: content.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    /// Only what the writer makes of ASCII characters.
    private mutating func escaped() throws(Failure) -> UInt8 {
        guard let letter = current else { throw failure("a string does not end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return letter
        case UInt8(ascii: "u"):
            let digits = bytes[position...].prefix(4)
            position += digits.count
            guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), code < 0x20
            else { throw failure("an escape that state files do not use") }
            return code
        default: throw failure("an escape that state files do not use")
        }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard current == byte else { return false }
        position += 1
        return true
    }

    private borrowing func failure(_ reason: String) -> Failure {
        Failure(offset: position, reason: reason)
    }
}
