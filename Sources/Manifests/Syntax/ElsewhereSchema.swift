/// What readers of YAML 1.1 make of words that are strings in 1.2 (https://yaml.org/type/).
enum ElsewhereSchema {
    /// What such a reader takes a plain string for; `nil` when for a string.
    static func type(of plain: String) -> String? {
        guard let first = plain.utf8.first else { return nil }
        if (48...57).contains(first) || first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            return numberType(Array(plain.utf8.prefix(65)))
        }
        return isBoolean(plain) ? "a boolean" : nil
    }

    static func isBoolean(_ plain: String) -> Bool {
        plain.utf8.count <= 3 && ["yes", "no", "on", "off", "y", "n"].contains(plain.lowercased())
    }

    private static func numberType(_ text: [UInt8]) -> String? {
        guard text.count <= 64 else { return nil }
        if isDate(text) { return "a date" }
        var digits = text[...]
        if let sign = digits.first, "+-".utf8.contains(sign) { digits = digits.dropFirst() }
        if digits.starts(with: "0b".utf8) {
            return digits.dropFirst(2).allSatisfy { "01_".utf8.contains($0) } ? "a number" : nil
        }
        guard let first = digits.first, isDigit(first), digits.allSatisfy({ isDigit($0) || "_:".utf8.contains($0) })
        else { return nil }
        // `12:30:45` counts by sixties.
        let parts = digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let isBase60 = parts.dropFirst().allSatisfy { part in
            part.allSatisfy(isDigit) && (part.count == 1 || part.count == 2 && part.first.map { $0 < 54 } == true)
        }
        return isBase60 && (parts.count > 1 || digits.contains(UInt8(ascii: "_"))) ? "a number" : nil
    }

    /// `2027-01-01`, with or without a time.
    private static func isDate(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count),
            parts[0].allSatisfy(isDigit), parts[1].allSatisfy(isDigit)
        else { return false }
        let day = parts[2].prefix(while: isDigit)
        return (1...2).contains(day.count)
            && (day.count == parts[2].count || "tT ".utf8.contains(parts[2][day.endIndex]))
    }

    private static func isDigit(_ letter: UInt8) -> Bool { (48...57).contains(letter) }
}
