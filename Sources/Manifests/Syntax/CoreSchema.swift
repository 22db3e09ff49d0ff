/// The core schema of YAML 1.2 (§10.3.2), which agrees with JSON: `yes`, `off`, dates and `1:30` are strings.
enum CoreSchema {
    static func type(of plain: String) -> ValueType {
        var text = Array(plain.utf8.prefix(65))[...]
        switch plain {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
        case ".nan", ".NaN", ".NAN": return .float
        default: break
        }
        guard let first = text.first, isDigit(first) || "+-.".utf8.contains(first) else { return .string }
        if text.count > 2, text.starts(with: "0x".utf8) {
            return text.dropFirst(2).allSatisfy(isHexDigit) ? .integer : .string
        }
        if text.count > 2, text.starts(with: "0o".utf8) {
            return text.dropFirst(2).allSatisfy { (48...55).contains($0) } ? .integer : .string
        }
        if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { text = text.dropFirst() }
        if [".inf", ".Inf", ".INF"].contains(String(decoding: text, as: UTF8.self)) { return .float }
        return numberType(text)
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
    private static func numberType(_ text: ArraySlice<UInt8>) -> ValueType {
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

    private static func isDigit(_ letter: UInt8) -> Bool { (48...57).contains(letter) }

    private static func isHexDigit(_ letter: UInt8) -> Bool {
        isDigit(letter) || (65...70).contains(letter) || (97...102).contains(letter)
    }
}
