/// Reads one comment that begins with `# cvlan:`.
struct IgnoreParser {
    private let bytes: [UInt8]
    private let comment: Range<Int>
    private let line: Range<Int>
    private let number: Int
    private let isAlone: Bool
    private let source: SourceFile

    private static let word = "ignore"
    private static let mostCodes = 64

    /// - Parameters:
    ///   - comment: from `#`, without blanks at the end.
    ///   - line: all of its line, without what ends it.
    init(bytes: [UInt8], comment: Range<Int>, line: Range<Int>, number: Int, isAlone: Bool, source: SourceFile) {
        self.bytes = bytes
        self.comment = comment
        self.line = line
        self.number = number
        self.isAlone = isAlone
        self.source = source
    }

    /// `nil` when the comment is about something else: `# cvlan: office` is a field that someone has taken out.
    func parse() -> IgnoreComment? {
        var rest = bytes[comment].drop { $0 != UInt8(ascii: ":") }.dropFirst()
        let word = Self.token(&rest)
        let start = rest
        let codes = self.codes(&rest)
        let reason = String(decoding: rest.drop(while: IgnoreScanner.isBlank), as: UTF8.self)
        var fault: IgnoreComment.Fault?
        let name = String(decoding: word.prefix(64), as: UTF8.self)
        if name != Self.word {
            guard Self.isCode(word) || !codes.isEmpty || Spelling.nearest(to: name, among: [Self.word]) != nil else {
                return nil
            }
            fault = .unknownWord(name.shortened)
        } else if codes.isEmpty || codes.count > Self.mostCodes {
            fault = codes.isEmpty ? .noCode : .tooMany
        } else if reason.isEmpty {
            fault = .noReason
        }
        let last = codes.last?.upperBound ?? start.startIndex
        return IgnoreComment(
            codes: codes.prefix(Self.mostCodes).map {
                Located(String(decoding: bytes[$0], as: UTF8.self), at: span($0))
            },
            codesSpan: span((codes.first?.lowerBound ?? last)..<last), reason: reason, span: span(comment), line: nil,
            removal: removal, fault: fault, tenant: nil)
    }

    /// `CV023,CV112`, with or without blanks behind the commas; `rest` is then what follows.
    private func codes(_ rest: inout ArraySlice<UInt8>) -> [Range<Int>] {
        var codes: [Range<Int>] = []
        while true {
            var ahead = rest
            let token = Self.token(&ahead)
            guard Self.isCode(token), codes.count <= Self.mostCodes else { return codes }
            codes.append(token.startIndex..<token.endIndex)
            rest = ahead
            guard ahead.drop(while: IgnoreScanner.isBlank).first == UInt8(ascii: ",") else { return codes }
            rest = ahead.drop(while: IgnoreScanner.isBlank).dropFirst()
        }
    }

    /// The next word, which a blank or a comma ends.
    private static func token(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let token = rest.drop(while: IgnoreScanner.isBlank).prefix {
            !IgnoreScanner.isBlank($0) && $0 != UInt8(ascii: ",")
        }
        rest = rest[token.endIndex...]
        return token
    }

    /// Letters and then digits, few of both.
    private static func isCode(_ token: ArraySlice<UInt8>) -> Bool {
        let letters = token.prefix { (65...90).contains($0 & 0xDF) }
        let digits = token[letters.endIndex...]
        return (1...4).contains(letters.count) && (1...6).contains(digits.count)
            && digits.allSatisfy { (48...57).contains($0) }
    }

    private var removal: TextEdit {
        if isAlone { return TextEdit(span: span(line), text: "", takesLine: true) }
        let start = bytes[line.lowerBound..<comment.lowerBound].lastIndex { !IgnoreScanner.isBlank($0) }
        return TextEdit(span: span((start.map { $0 + 1 } ?? line.lowerBound)..<line.upperBound), text: "")
    }

    private func span(_ range: Range<Int>) -> SourceSpan {
        SourceSpan(
            file: source, line: number, column: bytes[line.lowerBound..<range.lowerBound].scalars + 1,
            length: bytes[range].scalars)
    }
}
