internal import Manifests

/// By what a result is the same as one of an earlier run: its code, file, and the text of its line, not the number of
/// that. Of several that have all these in common, the order tells.
struct SARIFFingerprints {
    static let name = "cvlanLint/v1"

    /// A line of megabytes may have thousands of findings: its beginning has to do.
    private static let mostOfLine = 1000

    private let report: LintReport
    private var sources: SourceCache
    private var seen: [UInt64: Int] = [:]
    private var latest: (file: SourceFile, line: Int32, text: String)?

    init(_ report: LintReport) {
        self.report = report
        sources = SourceCache(report)
    }

    mutating func next(_ finding: Finding) -> String {
        var hash = FNV1a()
        hash.add(finding.code.rawValue)
        hash.add(report.relative(finding.span.file.path))
        hash.add(text(of: finding.span))
        let count = seen[hash.value, default: 0]
        seen[hash.value] = count + 1
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + ":\(count + 1)"
    }

    /// Of a line, without what is white in it.
    private mutating func text(of span: SourceSpan) -> String {
        if let latest, latest.line == span.line, latest.file == span.file { return latest.text }
        var line = String.UnicodeScalarView()
        line.append(contentsOf: (sources.line(span.line, of: span.file) ?? []).prefix(Self.mostOfLine))
        let text = String(line.filter { !$0.properties.isWhitespace })
        latest = (span.file, span.line, text)
        return text
    }
}

/// A hash that is the same in every run and version, for no purpose that an attacker could profit from.
private struct FNV1a {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        // No text has it: `ab`, `c` is not `a`, `bc`.
        add(0xFF)
    }

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
