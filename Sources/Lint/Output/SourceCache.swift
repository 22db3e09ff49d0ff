internal import Manifests

/// Lines of the files that findings speak of. Files are read when the first of their lines is asked for, and only a few
/// are kept: findings come sorted by place. Secrets that were found are not shown.
struct SourceCache {
    private struct Text {
        let file: SourceFile
        let bytes: [UInt8]
        let lines: [Range<Int>]
    }

    private static let mostTexts = 8

    private struct Place: Hashable {
        let file: SourceFile
        let line: Int32
    }

    private let read: (SourceFile) -> [UInt8]?
    private let secrets: [Place: [SourceSpan]]
    /// The latest last.
    private var texts: [Text] = []
    private var latest: (file: SourceFile, line: Int32, scalars: [Unicode.Scalar])?

    init(_ report: LintReport) {
        read = report.source
        secrets = Dictionary(
            grouping: report.findings.lazy.filter { $0.code == .plainSecret }.map(\.span),
            by: { Place(file: $0.file, line: $0.line) })
    }

    /// A line, counted from 1, without what ends it; `nil` where there is none.
    mutating func line(_ number: Int32, of file: SourceFile) -> [Unicode.Scalar]? {
        guard number > 0 else { return nil }
        // A file may be one line of megabytes with thousands of findings.
        if let latest, latest.line == number, latest.file == file { return latest.scalars }
        let text = text(of: file)
        guard text.lines.indices.contains(Int(number) - 1) else { return nil }
        var scalars = Array(String(decoding: text.bytes[text.lines[Int(number) - 1]], as: UTF8.self).unicodeScalars)
        for secret in secrets[Place(file: file, line: number), default: []] {
            let start = min(max(Int(secret.column) - 1, 0), scalars.count)
            for index in start..<min(start + Int(secret.length), scalars.count) { scalars[index] = "*" }
        }
        latest = (file, number, scalars)
        return scalars
    }

    private mutating func text(of file: SourceFile) -> Text {
        if let index = texts.lastIndex(where: { $0.file == file }) { return texts[index] }
        let bytes = read(file) ?? []
        let text = Text(file: file, bytes: bytes, lines: SourceLines(bytes, path: file.path).map(\.content))
        if texts.count == Self.mostTexts { texts.removeFirst() }
        texts.append(text)
        return text
    }
}
