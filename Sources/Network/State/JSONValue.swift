/// The part of JSON (RFC 8259) that state files use: no fractions, no negative numbers, no `true`, `false` and `null`.
enum JSONValue: Hashable {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case integer(UInt64)
}

extension JSONValue {
    /// The one form that state files are written in: two spaces for each level, members sorted by the bytes of their
    /// names, lists on one line, a newline at the end. The same value always gives the same bytes.
    var canonical: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: 0)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func write(to bytes: inout [UInt8], indent: Int) {
        switch self {
        case .object(let members):
            guard !members.isEmpty else {
                bytes += "{}".utf8
                return
            }
            let margin = String(repeating: "  ", count: indent + 1)
            var separator = "{\n"
            for (name, value) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                bytes += separator.utf8
                bytes += margin.utf8
                Self.write(name, to: &bytes)
                bytes += ": ".utf8
                value.write(to: &bytes, indent: indent + 1)
                separator = ",\n"
            }
            bytes.append(UInt8(ascii: "\n"))
            bytes += String(repeating: "  ", count: indent).utf8
            bytes.append(UInt8(ascii: "}"))
        case .array(let items):
            var separator = "["
            for item in items {
                bytes += separator.utf8
                item.write(to: &bytes, indent: indent)
                separator = ", "
            }
            bytes += (items.isEmpty ? "[]" : "]").utf8
        case .string(let text):
            Self.write(text, to: &bytes)
        case .integer(let number):
            bytes += String(number).utf8
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        let hexadecimal = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                bytes += "\\u00".utf8
                bytes += [hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
