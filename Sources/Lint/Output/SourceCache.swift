internal import Manifests

/// Lines of the files that findings speak of. Files are read when the first of their lines is asked for, and only a few
/// are kept: findings come sorted by place.
struct SourceCache {
    private struct Text {
        let file: SourceFile
        let bytes: [UInt8]
        let lines: [Range<Int>]
    }

    private static let mostTexts = 8

    private let read: (SourceFile) -> [UInt8]?
    /// The latest last.
    private var texts: [Text] = []
    private var latest: (file: SourceFile, line: Int32, scalars: [Unicode.Scalar])?

    init(_ read: @escaping (SourceFile) -> [UInt8]?) {
        self.read = read
    }

    /// A line, counted from 1, without what ends it; `nil` where there is none.
    mutating func line(_ number: Int32, of file: SourceFile) -> [Unicode.Scalar]? {
        guard number > 0 else { return nil }
        // A file may be one line of megabytes with thousands of findings.
        if let latest, latest.line == number, latest.file == file { return latest.scalars }
        let text = text(of: file)
        guard text.lines.indices.contains(Int(number) - 1) else { return nil }
        let scalars = Array(String(decoding: text.bytes[text.lines[Int(number) - 1]], as: UTF8.self).unicodeScalars)
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
