internal import Glibc

/// Finds the `IgnoreComment`s of a YAML file, in time that grows with its length alone.
struct IgnoreScanner {
    private let bytes: [UInt8]
    private let source: SourceFile
    private var scalars: ScalarMap.Cursor
    private var found: [IgnoreComment] = []
    /// The last of `found` that are alone on their lines, as long as the line that they speak of has not come.
    private var waiting = 0

    private static let mark = Array("cvlan:".utf8)
    private static let mostComments = 1000

    /// Whether it is worth looking closer: nearly all files have no such comment.
    static func mayFind(in bytes: [UInt8]) -> Bool { sign(in: bytes, from: 0, to: bytes.count) != nil }

    /// In the order of the file.
    static func comments(in bytes: [UInt8], of source: SourceFile, scalars: ScalarMap) -> [IgnoreComment] {
        var scanner = IgnoreScanner(bytes: bytes, source: source, scalars: scalars.cursor)
        for (number, line) in SourceLines(bytes, path: source.path).enumerated() { scanner.scan(line, number) }
        return scanner.found
    }

    private init(bytes: [UInt8], source: SourceFile, scalars: ScalarMap.Cursor) {
        self.bytes = bytes
        self.source = source
        self.scalars = scalars
    }

    /// - Parameter number: from 0.
    private mutating func scan(_ line: SourceLines.Line, _ number: Int) {
        guard let start = bytes[line.content].firstIndex(where: { !Self.isBlank($0) }) else { return }
        let isAlone = bytes[start] == UInt8(ascii: "#")
        if !isAlone {
            for index in found.indices.suffix(waiting) { found[index].line = Int32(clamping: number + 1) }
            waiting = 0
        }
        guard let sign = comment(in: line.content, number), found.count <= Self.mostComments else { return }
        let rest = bytes[sign..<line.content.upperBound]
        let end = (rest.lastIndex { !Self.isBlank($0) } ?? sign) + 1
        let parser = IgnoreParser(
            bytes: bytes, comment: sign..<end, line: line.content, number: number + 1, isAlone: isAlone, source: source)
        guard var comment = parser.parse() else { return }
        if found.count == Self.mostComments { comment.fault = .tooMany }
        if isAlone { waiting += 1 } else { comment.line = Int32(clamping: number + 1) }
        found.append(comment)
    }

    /// The first `#` of the line that begins a comment which could be ours.
    private mutating func comment(in line: Range<Int>, _ number: Int) -> Int? {
        var counted = line.lowerBound
        var column = 0
        var from = line.lowerBound
        while let sign = Self.sign(in: bytes, from: from, to: line.upperBound) {
            column += bytes[counted..<sign].scalars
            counted = sign
            from = sign + 1
            let isApart = sign == line.lowerBound || Self.isBlank(bytes[sign - 1])
            if isApart,
                scalars.allowsComment(
                    at: ScalarMap.Place(line: Int32(clamping: number), column: Int32(clamping: column)))
            {
                return sign
            }
        }
        return nil
    }

    /// The first `# cvlan:`, with any blanks between the two.
    private static func sign(in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var from = start
            while from < end, let hit = memchr(base + from, CInt(UInt8(ascii: "#")), end - from) {
                let sign = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
                var word = sign + 1
                while word < end, isBlank(buffer[word]) { word += 1 }
                if end - word >= mark.count, memcmp(base + word, mark, mark.count) == 0 { return sign }
                from = word
            }
            return nil
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension ArraySlice<UInt8> {
    /// Unicode scalars, in UTF-8.
    var scalars: Int { count { $0 & 0xC0 != 0x80 } }
}
