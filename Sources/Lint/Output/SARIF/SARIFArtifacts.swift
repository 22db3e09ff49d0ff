internal import Manifests

/// How places in files are told in SARIF.
struct SARIFArtifacts {
    /// What code scanning takes for the root of the repository.
    private static let base = "%SRCROOT%"

    private let report: LintReport

    init(_ report: LintReport) {
        self.report = report
    }

    /// §3.14.14.
    var bases: JSONText {
        .object([
            Self.base: .object([
                "uri": report.root.map { .string("file://" + Self.encoded($0.hasSuffix("/") ? $0 : $0 + "/")) },
                "description": .object(["text": "The folder that relative paths begin in."]),
            ])
        ])
    }

    /// `nil` for what is in no file.
    func physicalLocation(_ span: SourceSpan) -> JSONText? {
        guard !span.file.path.isEmpty else { return nil }
        return .object([
            "artifactLocation": location(of: span.file.path), "region": span.line > 0 ? Self.region(span) : nil,
        ])
    }

    func location(of path: String) -> JSONText {
        let path = report.relative(path)
        guard !path.hasPrefix("/") else { return .object(["uri": .string("file://" + Self.encoded(path))]) }
        return .object(["uri": .string(Self.encoded(path)), "uriBaseId": .string(Self.base)])
    }

    /// On one line; the end is behind the last character (§3.30.8). Without characters it is an insertion point.
    static func region(_ span: SourceSpan) -> JSONText {
        .object([
            "startLine": .integer(Int(span.line)), "startColumn": .integer(Int(span.column)),
            "endColumn": .integer(Int(span.column) + Int(span.length)),
        ])
    }

    /// With what ends it.
    static func wholeLine(_ span: SourceSpan) -> JSONText {
        .object([
            "startLine": .integer(Int(span.line)), "startColumn": 1, "endLine": .integer(Int(span.line) + 1),
            "endColumn": 1,
        ])
    }

    /// A path of a URI (RFC 3986 §3.3): what need not be escaped stays, but for `:`, which would make a scheme of what
    /// is in front of it.
    static func encoded(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var text = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return text
    }
}
