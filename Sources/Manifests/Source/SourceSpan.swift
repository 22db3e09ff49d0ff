/// A file that manifests were read from, shared by every span in it.
package final class SourceFile: Sendable, Hashable, CustomStringConvertible {
    /// As given to the loader: relative to the repository's root, or as on the command line.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var description: String { path }

    /// JSON by its name; else it is YAML.
    package var isJSON: Bool { RepositoryPath.unquoted(path).hasSuffix(".json") }

    package static func == (a: SourceFile, b: SourceFile) -> Bool { a === b || a.path == b.path }

    package func hash(into hasher: inout Hasher) { hasher.combine(path) }

    fileprivate static let none = SourceFile(path: "")
}

/// Where something is written: a place in a file, and how far it reaches on its first line.
package struct SourceSpan: Sendable {
    package let file: SourceFile
    /// Counted from 1; 0 where a value comes from no line of a file.
    package let line: Int32
    /// Counted from 1, in Unicode scalars.
    package let column: Int32
    /// Unicode scalars on the first line; at least 1 for anything that was written, 0 for what is left out.
    package let length: Int32

    /// How a value is written here, where another could be written in its place.
    package let form: Form

    package enum Form: UInt8, Sendable {
        /// On several lines, with an anchor or a tag; or it is no value at all.
        case other
        case plain
        case singleQuoted
        case doubleQuoted
    }

    package init(file: SourceFile, line: Int, column: Int, length: Int, form: Form = .other) {
        self.file = file
        self.form = form
        self.line = Int32(clamping: line)
        self.column = Int32(clamping: column)
        self.length = Int32(clamping: length)
    }

    /// Whether something is written here. A field that is left out has the place where it could be written.
    package var isWritten: Bool { length > 0 }

    /// The same place, with nothing written there.
    var leftOut: SourceSpan {
        SourceSpan(file: file, line: Int(line), column: Int(column), length: 0)
    }

    /// The beginning of a file, for what is wrong with the file as a whole.
    package init(startOf file: SourceFile) {
        self.init(file: file, line: 1, column: 1, length: 1)
    }

    /// The span of a value that was made in memory, not read from a file.
    package static let none = SourceSpan(file: .none, line: 0, column: 0, length: 0)
}

extension SourceSpan: Hashable {
    package static func == (a: SourceSpan, b: SourceSpan) -> Bool {
        a.line == b.line && a.column == b.column && a.length == b.length && a.file == b.file
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(file)
        hasher.combine(line)
        hasher.combine(column)
        hasher.combine(length)
    }
}

extension SourceSpan: Comparable {
    /// By file, then by place in it.
    package static func < (a: SourceSpan, b: SourceSpan) -> Bool {
        guard a.file == b.file else { return a.file.path < b.file.path }
        return (a.line, a.column, a.length) < (b.line, b.column, b.length)
    }
}

extension SourceSpan: CustomStringConvertible {
    /// `FILE:LINE:COLUMN`, as editors and CI systems understand it.
    package var description: String { "\(file.path):\(line):\(column)" }
}
