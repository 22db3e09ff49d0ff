/// Writes a string so that it is read back as that string.
enum YAMLScalar {
    static func text(_ string: String) -> String {
        isSafe(string) ? string : quoted(string)
    }

    /// Words that mean nothing else in YAML 1.1 and 1.2, in block and flow style.
    private static func isSafe(_ string: String) -> Bool {
        let letters = Array(string.utf8)
        guard let first = letters.first, let last = letters.last, isLetter(first) || isDigit(first),
            isLetter(last) || isDigit(last) || last == UInt8(ascii: "="),
            letters.allSatisfy({ isLetter($0) || isDigit($0) || "-_./+=:".utf8.contains($0) }),
            !letters.contains(UInt8(ascii: ":")) || isTimestamp(string)
        else { return false }
        return !ElsewhereSchema.isBoolean(string) && CoreSchema.type(of: string) == .string
    }

    private static func isTimestamp(_ string: String) -> Bool { Timestamp(string)?.description == string }

    /// `nil` when the string has what only double quotes can.
    static func singleQuoted(_ string: String) -> String? {
        string.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "'") } ? "'\(string)'" : nil
    }

    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            default:
                if scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || isUnprintable(scalar) {
                    text += scalar.value > 0xFFFF ? "\\U\(hex(scalar, 8))" : "\\u\(hex(scalar, 4))"
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text + "\""
    }

    /// What YAML does not have as it is, or takes for a line's end.
    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        [0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
            || (scalar.value > 0xFFFF && scalar.value & 0xFFFE == 0xFFFE)
    }

    private static func hex(_ scalar: Unicode.Scalar, _ width: Int) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    private static func isLetter(_ letter: UInt8) -> Bool { (65...90).contains(letter) || (97...122).contains(letter) }
    private static func isDigit(_ letter: UInt8) -> Bool { (48...57).contains(letter) }
}

extension YAMLScalar {
    /// A mapping inside `metadata`, sorted; nothing for an empty one.
    static func mapping(_ name: String, _ pairs: [String: String]) -> [String] {
        guard !pairs.isEmpty else { return [] }
        return ["  \(name):"] + pairs.sorted { $0.key < $1.key }.map { "    \(text($0.key)): \(text($0.value))" }
    }
}
