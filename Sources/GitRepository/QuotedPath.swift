/// Paths as `git ls-tree` prints them: see `TreeEntry.path`.
enum QuotedPath {
    static func text(_ bytes: [UInt8]) -> String {
        guard bytes.contains(where: needsQuotes) else { return String(decoding: bytes, as: UTF8.self) }
        return "\"" + bytes.map(escaped).joined() + "\""
    }

    static func needsQuotes(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case 0x07: return "\\a"
        case 0x08: return "\\b"
        case 0x09: return "\\t"
        case 0x0A: return "\\n"
        case 0x0B: return "\\v"
        case 0x0C: return "\\f"
        case 0x0D: return "\\r"
        case UInt8(ascii: "\""): return "\\\""
        case UInt8(ascii: "\\"): return "\\\\"
        case let byte where needsQuotes(byte):
            return "\\" + String(byte >> 6) + String(byte >> 3 & 7) + String(byte & 7)
        default: return String(UnicodeScalar(byte))
        }
    }
}
