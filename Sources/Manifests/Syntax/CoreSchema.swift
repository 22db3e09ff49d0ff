/// The core schema of YAML 1.2 (§10.3.2), which agrees with JSON: `yes`, `off`, dates and `1:30` are strings.
enum CoreSchema {
    static func type(of plain: String) -> ValueType {
        guard let initial = plain.utf8.first else { return .null }
        guard mayBeMore[Int(initial)] else { return .string }
        guard !isDigit(initial) else { return numberType(plain) }
        switch plain {
        case "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
        case ".nan", ".NaN", ".NAN": return .float
        default: break
        }
        guard "+-.".utf8.contains(initial) else { return .string }
        let unsigned = plain.utf8.dropFirst(initial == UInt8(ascii: ".") ? 0 : 1).prefix(65)
        let isInfinite = [".inf", ".Inf", ".INF"].contains { unsigned.elementsEqual($0.utf8) }
        return isInfinite ? .float : decimalType(unsigned)
    }

    private static func numberType(_ plain: String) -> ValueType {
        let text = plain.utf8.prefix(65)
        if text.count > 2, text.starts(with: "0x".utf8) {
            return text.dropFirst(2).allSatisfy(isHexDigit) ? .integer : .string
        }
        if text.count > 2, text.starts(with: "0o".utf8) {
            return text.dropFirst(2).allSatisfy { (48...55).contains($0) } ? .integer : .string
        }
        return decimalType(text)
    }

    static func boolean(_ plain: String) -> Bool? {
        switch plain {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// `nil` when it is no integer of the schema, or too large.
    static func integer(_ plain: String) -> Int? {
        guard type(of: plain) == .integer else { return nil }
        if plain.hasPrefix("0x") { return Int(plain.dropFirst(2), radix: 16) }
        if plain.hasPrefix("0o") { return Int(plain.dropFirst(2), radix: 8) }
        return Int(plain)
    }

    /// `[0-9]+`, or `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func decimalType(_ text: Substring.UTF8View) -> ValueType {
        let whole = text.prefix(while: isDigit)
        var rest = text[whole.endIndex...]
        guard !rest.isEmpty else { return whole.isEmpty ? .string : .integer }
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return .string }
        guard !rest.isEmpty else { return .float }
        guard rest.first.map({ "eE".utf8.contains($0) }) == true else { return .string }
        rest = rest.dropFirst()
        if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit) ? .float : .string
    }

    /// Which letters something other than a string begins with.
    private static let mayBeMore = (0...255).map { "0123456789+-.~nNtTfF".utf8.contains(UInt8($0)) }

    private static func isDigit(_ letter: UInt8) -> Bool { (48...57).contains(letter) }

    private static func isHexDigit(_ letter: UInt8) -> Bool {
        isDigit(letter) || (65...70).contains(letter) || (97...102).contains(letter)
    }
}
