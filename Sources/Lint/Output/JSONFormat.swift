internal import Manifests

/// For programs: one document, described by `manifests/schema/lint-report.v1.schema.json`. Members may come; none goes or
/// changes its meaning while `version` stays.
enum JSONFormat {
    static let version = 1

    static func render(_ report: LintReport) -> String {
        let summary = report.summary
        return JSONText.object([
            "version": .integer(version),
            "tool": .object(["name": "cvlan lint", "version": .string(report.version)]),
            "time": .string("\(report.time)"),
            "summary": .object([
                "files": .integer(summary.files), "errors": .integer(summary.errors),
                "warnings": .integer(summary.warnings), "notes": .integer(summary.notes),
                "safelyFixable": .integer(summary.safelyFixable), "fixable": .integer(summary.fixable),
            ]),
            "findings": .array(report.findings.map(object)),
        ]).document
    }

    private static func object(_ finding: Finding) -> JSONText {
        .object([
            "code": .string(finding.code.rawValue),
            "severity": .string(finding.severity.rawValue),
            "message": .string(finding.message),
            "tenant": finding.tenant.map(JSONText.string),
            "holdsBack": .boolean(finding.code.holdsBack),
            "span": object(finding.span),
            "related": .array(
                finding.related.map { .object(["message": .string($0.message), "span": object($0.span)]) }),
            "fixes": .array(finding.fixes.map(object)),
        ])
    }

    private static func object(_ span: SourceSpan) -> JSONText {
        .object([
            "file": .string(span.file.path), "line": .integer(Int(span.line)), "column": .integer(Int(span.column)),
            "length": .integer(Int(span.length)),
        ])
    }

    private static func object(_ fix: Fix) -> JSONText {
        .object([
            "title": .string(fix.title),
            "safety": .string(fix.safety == .safe ? "safe" : "suggested"),
            "edits": .array(
                fix.edits.map {
                    .object([
                        "span": object($0.span), "text": .string($0.text), "takesLine": $0.takesLine ? true : nil,
                    ])
                }),
        ])
    }
}
