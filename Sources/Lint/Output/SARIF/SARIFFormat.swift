internal import Manifests

/// SARIF 2.1.0 (OASIS), one run. Rules are those that have results.
struct SARIFFormat {
    private static let schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

    private let report: LintReport
    /// Sorted; a result names its rule by the index too.
    private let codes: [FindingCode]

    static func render(_ report: LintReport) -> String { SARIFFormat(report).log.document }

    private init(_ report: LintReport) {
        self.report = report
        codes = Set(report.findings.map(\.code)).sorted { $0.rawValue < $1.rawValue }
    }

    private var log: JSONText {
        .object(["$schema": .string(Self.schema), "version": "2.1.0", "runs": .array([run])])
    }

    private var run: JSONText {
        let artifacts = SARIFArtifacts(report)
        var fingerprints = SARIFFingerprints(report)
        let results = report.findings.map { result($0, artifacts, fingerprint: fingerprints.next($0)) }
        return .object([
            "tool": .object([
                "driver": .object([
                    "name": "cvlan lint", "semanticVersion": .string(report.version), "rules": .array(codes.map(rule)),
                ])
            ]),
            "invocations": [.object(["executionSuccessful": true])],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": artifacts.bases,
            "results": .array(results),
        ])
    }

    // MARK: Rules

    private func rule(_ code: FindingCode) -> JSONText {
        let explanation = code.explanation
        return .object([
            "id": .string(code.rawValue),
            "name": .string(Self.name(of: code)),
            "shortDescription": Self.message(explanation.summary),
            "fullDescription": Self.message(Self.reflowed(explanation.meaning)),
            "help": .object([
                "text": .string(Self.plain(code.page())), "markdown": .string(code.markdown),
            ]),
            "defaultConfiguration": .object(["level": .string(code.severity.rawValue)]),
            "properties": .object([
                "tags": [code.holdsBack ? "correctness" : "maintainability"],
                // As GitHub's code scanning reads them.
                "precision": "very-high",
                "problem.severity": .string(code.severity == .note ? "recommendation" : code.severity.rawValue),
            ]),
        ])
    }

    /// Each paragraph on one line.
    private static func reflowed(_ text: String) -> String {
        TextWrap.paragraphs(of: text, width: .max).map { $0.joined(separator: " ") }.joined(separator: "\n\n")
    }

    /// `UnknownNetwork`.
    private static func name(of code: FindingCode) -> String {
        "\(code)".prefix(1).uppercased() + "\(code)".dropFirst()
    }

    // MARK: Results

    private func result(_ finding: Finding, _ artifacts: SARIFArtifacts, fingerprint: String) -> JSONText {
        .object([
            "ruleId": .string(finding.code.rawValue),
            "ruleIndex": codes.firstIndex(of: finding.code).map(JSONText.integer),
            "level": .string(finding.severity.rawValue),
            "message": Self.message(finding.message),
            "locations": .array(
                artifacts.physicalLocation(finding.span).map { [.object(["physicalLocation": $0])] } ?? []),
            "relatedLocations": finding.related.isEmpty ? nil : .array(related(finding, artifacts)),
            "partialFingerprints": .object([SARIFFingerprints.name: .string(fingerprint)]),
            "fixes": finding.fixes.isEmpty ? nil : .array(finding.fixes.map { fix($0, artifacts) }),
        ])
    }

    private func related(_ finding: Finding, _ artifacts: SARIFArtifacts) -> [JSONText] {
        finding.related.enumerated().map { index, related in
            .object([
                "id": .integer(index + 1), "physicalLocation": artifacts.physicalLocation(related.span),
                "message": Self.message(related.message),
            ])
        }
    }

    private func fix(_ fix: Fix, _ artifacts: SARIFArtifacts) -> JSONText {
        let edits = Dictionary(grouping: fix.edits) { $0.span.file }.sorted { $0.key.path < $1.key.path }
        return .object([
            "description": Self.message(fix.title),
            "artifactChanges": .array(
                edits.map { file, edits in
                    .object([
                        "artifactLocation": artifacts.location(of: file.path),
                        "replacements": .array(edits.map(replacement)),
                    ])
                }),
        ])
    }

    private func replacement(_ edit: TextEdit) -> JSONText {
        .object([
            "deletedRegion": edit.takesLine ? SARIFArtifacts.wholeLine(edit.span) : SARIFArtifacts.region(edit.span),
            "insertedContent": edit.text.isEmpty ? nil : .object(["text": .string(edit.text)]),
        ])
    }

    // MARK: Messages

    private static func message(_ text: String) -> JSONText { .object(["text": .string(plain(text))]) }

    /// In plain text, `[text](target)` would be a link (§3.11.6) and `{0}` a placeholder (§3.11.5).
    static func plain(_ text: String) -> String {
        let text =
            text.contains("](")
            ? text.replacing("\\", with: "\\\\").replacing("[", with: "\\[").replacing("]", with: "\\]") : text
        return text.replacing(/{(\d+)}/) { "{{\($0.1)}}" }
    }
}
