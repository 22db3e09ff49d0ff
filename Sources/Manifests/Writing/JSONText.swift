/// JSON (RFC 8259) to write: members keep the order that they are given in.
package enum JSONText: Sendable, Hashable {
    case members([Member])
    case array([JSONText])
    case string(String)
    case integer(Int)
    case boolean(Bool)

    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: JSONText

        package init(_ name: String, _ value: JSONText) {
            self.name = name
            self.value = value
        }
    }

    /// An object; members whose value is `nil` are left out.
    package static func object(_ members: KeyValuePairs<String, JSONText?>) -> JSONText {
        .members(members.compactMap { name, value in value.map { Member(name, $0) } })
    }

    /// Text for files and pipes: two spaces for each level, what is short on one line, a newline at the end.
    ///
    /// Whatever a terminal could take for an order, or a reader not see, is escaped: output of hostile text does no harm.
    package var document: String { line + "\n" }

    /// Without the newline.
    package var line: String {
        var text = ""
        write(to: &text, indent: 0)
        return text
    }
}

extension JSONText: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: JSONText...) { self = .array(elements) }
}

extension JSONText {
    /// Longer lists and objects get a line for each of their parts.
    private static let longestLine = 100

    private func write(to text: inout String, indent: Int) {
        switch self {
        case .members(let members):
            Self.write(members, ["{", "}"], to: &text, indent: indent, isFlat: { $0.value.isFlat }) {
                Self.write($0.name, to: &$1)
                $1 += ": "
                $0.value.write(to: &$1, indent: indent + 1)
            }
        case .array(let elements):
            Self.write(elements, ["[", "]"], to: &text, indent: indent, isFlat: \.isFlat) {
                $0.write(to: &$1, indent: indent + 1)
            }
        case .string(let string): Self.write(string, to: &text)
        case .integer(let number): text += String(number)
        case .boolean(let value): text += value ? "true" : "false"
        }
    }

    private var isFlat: Bool {
        switch self {
        case .members(let members): members.isEmpty
        case .array(let elements): elements.isEmpty
        case .string, .integer, .boolean: true
        }
    }

    private static func write<Part>(
        _ parts: [Part], _ brackets: [String], to text: inout String, indent: Int, isFlat: (Part) -> Bool,
        _ writePart: (Part, inout String) -> Void
    ) {
        let margin = String(repeating: "  ", count: indent)
        guard !parts.isEmpty else {
            text += brackets.joined()
            return
        }
        if parts.allSatisfy(isFlat) {
            var line = ""
            for part in parts {
                line += line.isEmpty ? "" : ", "
                writePart(part, &line)
            }
            if margin.utf8.count + line.utf8.count <= longestLine {
                text += brackets.joined(separator: brackets[0] == "{" ? " \(line) " : line)
                return
            }
        }
        text += brackets[0]
        for (index, part) in parts.enumerated() {
            text += index == 0 ? "\n\(margin)  " : ",\n\(margin)  "
            writePart(part, &text)
        }
        text += "\n\(margin)\(brackets[1])"
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        if string.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        ) {
            text += string
        } else {
            for scalar in string.unicodeScalars { write(scalar, to: &text) }
        }
        text += "\""
    }

    private static func write(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "\"", "\\": text += "\\\(scalar)"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
