internal import Manifests

/// Lines of the files that findings speak of. Files are read when the first of their lines is asked for, and only a few
/// are kept: findings come sorted by place. Of secrets, and of what is no public key in the place of one, only
/// the length is shown.
struct SourceCache {
    private struct Text {
        let file: SourceFile
        let bytes: [UInt8]
        let lines: [Range<Int>]
        /// Ascending.
        let hidden: [Range<Int>]

        /// The parts of a line that are not shown.
        func hidden(in line: Range<Int>) -> [Range<Int>] {
            var (low, high) = (0, hidden.count)
            while low < high {
                let middle = (low + high) / 2
                if hidden[middle].upperBound <= line.lowerBound { low = middle + 1 } else { high = middle }
            }
            return hidden[low...].prefix { $0.lowerBound < line.upperBound }.map { $0.clamped(to: line) }
        }
    }

    private static let mostTexts = 8

    private struct Place: Hashable {
        let file: SourceFile
        let line: Int32
    }

    private let read: (SourceFile) -> [UInt8]?
    private let badKeys: [Place: [SourceSpan]]
    /// The latest last.
    private var texts: [Text] = []
    private var latest: (file: SourceFile, line: Int32, scalars: [Unicode.Scalar])?

    init(_ report: LintReport) {
        read = report.source
        badKeys = Dictionary(
            grouping: report.findings.lazy.filter { $0.code == .badKey }.map(\.span),
            by: { Place(file: $0.file, line: $0.line) })
    }

    /// A line, counted from 1, without what ends it; `nil` where there is none.
    mutating func line(_ number: Int32, of file: SourceFile) -> [Unicode.Scalar]? {
        guard number > 0 else { return nil }
        // A file may be one line of megabytes with thousands of findings.
        if let latest, latest.line == number, latest.file == file { return latest.scalars }
        let text = text(of: file)
        guard text.lines.indices.contains(Int(number) - 1) else { return nil }
        let bytes = text.lines[Int(number) - 1]
        var scalars = Array(String(decoding: text.bytes[bytes], as: UTF8.self).unicodeScalars)
        func hide(_ start: Int, _ length: Int) {
            let start = min(max(start, 0), scalars.count)
            for index in start..<min(start + length, scalars.count) { scalars[index] = "*" }
        }
        for key in badKeys[Place(file: file, line: number), default: []] { hide(Int(key.column) - 1, Int(key.length)) }
        var column = 0
        var counted = bytes.lowerBound
        for range in text.hidden(in: bytes) {
            column += String(decoding: text.bytes[counted..<range.lowerBound], as: UTF8.self).unicodeScalars.count
            let length = String(decoding: text.bytes[range], as: UTF8.self).unicodeScalars.count
            hide(column, length)
            column += length
            counted = range.upperBound
        }
        latest = (file, number, scalars)
        return scalars
    }

    private mutating func text(of file: SourceFile) -> Text {
        if let index = texts.lastIndex(where: { $0.file == file }) { return texts[index] }
        let bytes = read(file) ?? []
        let text = Text(
            file: file, bytes: bytes, lines: SourceLines(bytes, path: file.path).map(\.content),
            hidden: HiddenText.ranges(in: bytes))
        if texts.count == Self.mostTexts { texts.removeFirst() }
        texts.append(text)
        return text
    }
}
