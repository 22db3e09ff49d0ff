import Lint
import Manifests

/// A report about one file that holds `text`.
func report(
    _ findings: [Finding], path: String = "a.yaml", text: String? = nil, failOn: Finding.Severity = .error,
    root: String? = nil
) -> LintReport {
    LintReport(
        findings: findings, files: Set(findings.map(\.span.file.path) + [path]).sorted(), time: now, failOn: failOn,
        version: "1.2.3", root: root,
        source: { file in file.path == path ? text.map { Array($0.utf8) } : nil })
}

func place(_ line: Int, _ column: Int, _ length: Int, path: String = "a.yaml") -> SourceSpan {
    SourceSpan(file: SourceFile(path: path), line: line, column: column, length: length)
}

func finding(
    _ message: String = "wrong", code: FindingCode = .unknownNetwork, at span: SourceSpan = place(1, 1, 1),
    related: [Finding.Related] = [], fixes: [Fix] = []
) -> Finding {
    Finding(code, at: span, message, tenant: "acme", related: related, fixes: fixes)
}

/// What no format may let through as it is.
let hostile = "a b\"'<&>]]>%0A::error::\n\r\t\u{1B}[31m\u{7F}\u{9B}2J\u{202E}\u{2066}\u{2028}\u{FEFF}\0 עברית ,:"
