internal import Manifests

/// Workflow commands of GitHub Actions, which make annotations: `::error file=…,line=…::message`.
enum GitHubFormat {
    static func render(_ report: LintReport) -> String {
        report.findings.map { command($0, in: report) + "\n" }.joined()
    }

    private static func command(_ finding: Finding, in report: LintReport) -> String {
        let span = finding.span
        var properties: [(String, String)] = span.file.path.isEmpty ? [] : [("file", report.relative(span.file.path))]
        // A file as a whole, too, is annotated at a line: without one GitHub picks a place of its own.
        properties.append(("line", "\(max(span.line, 1))"))
        properties.append(("endLine", "\(max(span.line, 1))"))
        if span.column > 0 {
            properties.append(("col", "\(span.column)"))
            properties.append(("endColumn", "\(span.column + max(span.length, 1))"))
        }
        properties.append(("title", "\(finding.code.rawValue): \(finding.code.explanation.summary)"))
        let more =
            finding.related.map { "\($0.span): \($0.message)" } + finding.fixes.prefix(1).map { "fix: \($0.title)" }
        // Only the breaks between lines are ours.
        let message = ([finding.message] + more).map { data(VisibleText.of($0)) }.joined(separator: "%0A")
        let list = properties.map { "\($0)=\(property($1))" }.joined(separator: ",")
        return "::\(name(finding.severity)) \(list)::\(message)"
    }

    private static func name(_ severity: Finding.Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
    }

    /// What the runner takes out of escapes again: `%25`, `%0D` and `%0A`.
    private static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    /// In properties, what separates them too.
    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
