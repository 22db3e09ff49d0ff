internal import Manifests

/// JUnit XML as GitLab and Jenkins show it: a test case for each finding, named so that it is the same in the next run,
/// and one for each file without any. What fails no run is a case that passes, with what was found as its output.
enum JUnitFormat {
    static func render(_ report: LintReport) -> String {
        var cases = Cases(report)
        for finding in report.findings { cases.add(finding) }
        let withFindings = Set(report.findings.map(\.span.file.path))
        for file in report.files where !withFindings.contains(file) { cases.addClean(file) }
        let counts = "tests=\"\(cases.count)\" failures=\"\(cases.failures)\" errors=\"0\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="cvlan lint" \(counts)>
              <testsuite name="cvlan lint" \(counts) skipped="0" timestamp="\(report.time)">
            \(cases.text)  </testsuite>
            </testsuites>

            """
    }

    private struct Cases {
        private let report: LintReport
        private let format = TextFormat(.plain)
        private var sources: SourceCache
        private var seen: [Key: Int] = [:]
        private(set) var count = 0
        private(set) var failures = 0
        private(set) var text = ""

        private struct Key: Hashable {
            let path: String
            let name: String
        }

        init(_ report: LintReport) {
            self.report = report
            sources = SourceCache(report)
        }

        mutating func add(_ finding: Finding) {
            let details = format.lines(of: finding, &sources).joined(separator: "\n")
            begin(finding.span.file.path, "\(finding.code.rawValue): \(finding.message)")
            if finding.severity >= report.failOn {
                failures += 1
                let message = XML.attribute(finding.message)
                text += ">\n      <failure type=\"\(finding.code.rawValue)\" message=\"\(message)\">"
                text += XML.content(details) + "</failure>\n    </testcase>\n"
            } else {
                text += ">\n      <system-out>\(XML.content(details))</system-out>\n    </testcase>\n"
            }
        }

        mutating func addClean(_ path: String) {
            begin(path, "no findings")
            text += "/>\n"
        }

        /// Names are unique in their file, as of two that are equal one would be shown.
        private mutating func begin(_ path: String, _ name: String) {
            count += 1
            let key = Key(path: path, name: name)
            let earlier = seen[key, default: 0]
            seen[key] = earlier + 1
            let path = XML.attribute(report.relative(path))
            let name = XML.attribute(earlier == 0 ? name : "\(name) (\(earlier + 1))")
            text += "    <testcase classname=\"\(path)\" name=\"\(name)\" file=\"\(path)\""
        }
    }
}

/// Text in XML 1.0. What XML cannot hold, not even escaped, is made visible.
enum XML {
    static func content(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars { escape(scalar, &escaped, isSpace: { $0 == "\n" || $0 == "\t" }) }
        return escaped
    }

    /// Between double quotes. Spaces of all kinds would be read as blanks there.
    static func attribute(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars { escape(scalar, &escaped, isSpace: { _ in false }) }
        return escaped
    }

    private static func escape(_ scalar: Unicode.Scalar, _ text: inout String, isSpace: (Unicode.Scalar) -> Bool) {
        switch scalar {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\"": text += "&quot;"
        case "\n", "\r", "\t":
            text += isSpace(scalar) ? "\(scalar)" : "&#\(scalar.value);"
        case "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
        default: text.unicodeScalars.append(VisibleText.of(scalar))
        }
    }
}
