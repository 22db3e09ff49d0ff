/// Makes trees of the values in a JSON file (RFC 8259). There may be several, one after the other.
///
/// JSON has a reader of its own, as libyaml does not read all of it (surrogate pairs, keys over 1,024 letters).
struct JSONReader: DocumentReader {
    private let bytes: [UInt8]
    private let source: SourceFile
    private let limits: ManifestLimits
    private var budget: NodeBudget
    private var offset = 0
    private var line = 1
    private var documentStart = 0
    /// A place on the current line and its column, so that columns are counted once, not from the line's start for
    /// every value: the whole file may be one line.
    private var mark = (offset: 0, column: 1)
    private(set) var problems: [ManifestProblem] = []

    init(bytes: [UInt8], source: SourceFile, limits: ManifestLimits) {
        self.bytes = bytes
        self.source = source
        self.limits = limits
        budget = NodeBudget(limits: limits)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            offset = 3
            mark.offset = 3
        }
    }

    mutating func nextDocument() throws(ManifestProblem) -> SyntaxNode? {
        budget = NodeBudget(limits: limits)
        skipSpace()
        guard offset < bytes.count else { return nil }
        documentStart = offset
        return try value(depth: 1)
    }

    private mutating func value(depth: Int) throws(ManifestProblem) -> SyntaxNode {
        let start = offset
        let begin = span(from: start, to: start + 1)
        try budget.spend(at: begin)
        guard start - documentStart <= limits.documentBytes else {
            throw ManifestProblem(.limit, at: begin, "a document is larger than \(limits.documentBytes) bytes")
        }
        switch peek {
        case UInt8(ascii: "{"):
            try budget.check(depth: depth, at: begin)
            return SyntaxNode(content: .mapping(try object(depth: depth)), span: begin)
        case UInt8(ascii: "["):
            try budget.check(depth: depth, at: begin)
            return SyntaxNode(content: .sequence(try array(depth: depth)), span: begin)
        case UInt8(ascii: "\""):
            let (text, span) = try string()
            return SyntaxNode(content: .scalar(text, isPlain: false), span: span)
        default:
            return try word()
        }
    }

    private mutating func object(depth: Int) throws(ManifestProblem) -> [SyntaxNode.Entry] {
        var builder = MappingBuilder()
        let opening = line
        offset += 1
        skipSpace()
        if skip("}") { return [] }
        while true {
            guard peek == UInt8(ascii: "\"") else { throw notAKey(opening) }
            try budget.spend(at: span(from: offset, to: offset + 1))
            let (key, keySpan) = try string()
            skipSpace()
            guard skip(":") else { throw syntax("a colon is missing before this") }
            skipSpace()
            let entry = SyntaxNode.Entry(key: key, keySpan: keySpan, value: try value(depth: depth + 1))
            if let problem = builder.append(entry), problems.count < limits.problemsPerFile { problems.append(problem) }
            skipSpace()
            if skip("}") { return builder.entries }
            guard skip(",") else { throw notClosed("{", "}", opening) }
            skipSpace()
        }
    }

    private mutating func array(depth: Int) throws(ManifestProblem) -> [SyntaxNode] {
        var items: [SyntaxNode] = []
        let opening = line
        offset += 1
        skipSpace()
        if skip("]") { return [] }
        while true {
            if !items.isEmpty, peek == UInt8(ascii: "]") { throw syntax("JSON has no comma before `]`") }
            items.append(try value(depth: depth + 1))
            skipSpace()
            if skip("]") { return items }
            guard skip(",") else { throw notClosed("[", "]", opening) }
            skipSpace()
        }
    }

    /// `true`, `false`, `null` or a number.
    private mutating func word() throws(ManifestProblem) -> SyntaxNode {
        let start = offset
        while let letter = peek, letter > 0x20, !",:[]{}\"".utf8.contains(letter) { offset += 1 }
        let letters = bytes[start..<offset]
        let span = span(from: start, to: offset, form: .plain)
        let text = String(decoding: letters.prefix(65), as: UTF8.self)
        guard ["true", "false", "null"].contains(text) || JSONNumber.isNumber(letters) else {
            offset = start
            throw notAValue(text)
        }
        return SyntaxNode(content: .scalar(text, isPlain: true), span: span)
    }

    private mutating func string() throws(ManifestProblem) -> (String, SourceSpan) {
        let start = offset
        offset += 1
        var text: [UInt8] = []
        while let letter = peek, letter != UInt8(ascii: "\"") {
            guard letter >= 0x20 else { throw syntax("a control character in a string must be escaped") }
            if letter == UInt8(ascii: "\\") {
                text.append(contentsOf: try escape())
            } else {
                text.append(letter)
                offset += 1
            }
            if text.count > limits.scalarBytes {
                try budget.check(scalarBytes: text.count, at: span(from: start, to: start + 1))
            }
        }
        guard skip("\"") else {
            offset = start
            throw syntax("the string does not end")
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw ManifestProblem(.unreadable, at: span(from: start, to: start + 1), "not UTF-8 text")
        }
        return (string, span(from: start, to: offset, form: .doubleQuoted))
    }

    private mutating func escape() throws(ManifestProblem) -> [UInt8] {
        let start = offset
        offset += 1
        guard let letter = peek else { throw syntax("the string does not end") }
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var value = try hexadecimal(from: start)
            if (0xD800..<0xDC00).contains(value), skip("\\"), skip("u") {
                let low = try hexadecimal(from: start)
                guard (0xDC00..<0xE000).contains(low) else { throw badEscape(from: start) }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw badEscape(from: start) }
            return Array(String(Character(scalar)).utf8)
        default:
            throw badEscape(from: start)
        }
    }

    private mutating func hexadecimal(from start: Int) throws(ManifestProblem) -> UInt32 {
        let digits = bytes[offset..<min(offset + 4, bytes.count)]
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw badEscape(from: start) }
        offset += 4
        return value
    }

    // MARK: - Cursor

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skip(_ letter: Unicode.Scalar) -> Bool {
        guard peek.map(UInt32.init) == letter.value else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let letter = peek, [0x20, 0x09, 0x0A, 0x0D].contains(letter) {
            offset += 1
            if letter == 0x0A {
                line += 1
                mark = (offset, 1)
            }
        }
    }

    /// No value reaches over a line's end, so that all begin on the current line.
    private mutating func span(from start: Int, to end: Int, form: SourceSpan.Form = .other) -> SourceSpan {
        // A place before the mark is never more than one value back.
        let column = mark.column + (start < mark.offset ? -scalars(start..<mark.offset) : scalars(mark.offset..<start))
        mark = (start, column)
        return SourceSpan(
            file: source, line: line, column: column, length: max(1, scalars(start..<min(end, bytes.count))), form: form
        )
    }

    private func scalars(_ range: Range<Int>) -> Int {
        bytes[range].count { $0 & 0xC0 != 0x80 }
    }

    private mutating func syntax(_ message: String) -> ManifestProblem {
        ManifestProblem(.syntax, at: span(from: offset, to: offset + 1), message)
    }

    private mutating func notAValue(_ word: String) -> ManifestProblem {
        if word.hasPrefix("/") { return syntax("JSON has no comments") }
        if word.hasPrefix("'") { return syntax("strings of JSON need double quotes") }
        return syntax(word.isEmpty ? "a value must be here" : "not a value of JSON: strings need double quotes")
    }

    /// - Parameter opening: the line of the object.
    private mutating func notAKey(_ opening: Int) -> ManifestProblem {
        switch peek {
        case nil: notClosed("{", "}", opening)
        case UInt8(ascii: "}"): syntax("JSON has no comma before `}`")
        case UInt8(ascii: "/"): syntax("JSON has no comments")
        default: syntax("keys of JSON need double quotes")
        }
    }

    private mutating func notClosed(_ opening: String, _ closing: String, _ line: Int) -> ManifestProblem {
        if peek == nil { return syntax("the `\(opening)` of line \(line) is not closed") }
        return syntax("a comma or `\(closing)` is missing before this")
    }

    private mutating func badEscape(from start: Int) -> ManifestProblem {
        ManifestProblem(.syntax, at: span(from: start, to: offset), "not an escape of JSON")
    }
}
