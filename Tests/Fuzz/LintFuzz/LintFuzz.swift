import Lint
import Manifests

/// Repositories as anyone could propose them: the input is one file, or several with a byte 0x1E between. Whatever it is,
/// lint looks at it, says something of it that leads somewhere, and writes that down in every format such that no text
/// of the input can pass for something else.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let parts = bytes.split(separator: 0x1E, maxSplits: 7, omittingEmptySubsequences: false).map { Array($0) }
    let names = ["tenants/acme/a.yaml", "tenants/acme/b.yaml", "c.json", "tenants/globex/d.yaml"]
    var contents: [String: [UInt8]] = [:]
    for (index, part) in parts.enumerated() { contents[index < names.count ? names[index] : "\(index).yaml"] = part }

    let loader = ManifestLoader()
    let files = contents.sorted { $0.key < $1.key }.map { loader.load(path: $0.key, bytes: $0.value) }
    let known = contents
    let input = LintInput(files: files, root: "/srv/fleet", source: { known[$0.path] })
    let time = Timestamp(secondsSince1970: 1_800_000_000)
    let report = LintRun(input, at: time, failOn: .note, version: "1").report
    // The order in which files are read is nobody's.
    precondition(LintRun.findings(in: ManifestSet(files: files.reversed()), at: time) == report.findings)
    for finding in report.findings { check(finding, contents) }
    for format in LintFormat.allCases {
        for style in [TextStyle.plain, TextStyle(isColored: true, width: 10)].prefix(format == .text ? 2 : 1) {
            check(format.render(report, style: style), of: report, as: format, style)
        }
    }
    for level in [Fix.Safety.safe, .suggested] { mend(report.findings, level, contents, loader) }
    return 0
}

/// Every fix has its place in the text, and lint looks at what it leaves.
private func mend(_ findings: [Finding], _ level: Fix.Safety, _ contents: [String: [UInt8]], _ loader: ManifestLoader) {
    for (file, plan) in FixPlan.byFile(findings, level) {
        let old = contents[file.path] ?? []
        guard let new = TextEdit.apply(plan.edits, to: old, path: file.path) else {
            preconditionFailure("\(file): a fix outside the text")
        }
        _ = LintRun.findings(
            in: ManifestSet(files: [loader.load(path: file.path, bytes: new)]), at: Timestamp(secondsSince1970: 0))
    }
}

private func check(_ finding: Finding, _ contents: [String: [UInt8]]) {
    precondition(!finding.message.isEmpty)
    precondition(!finding.code.page().isEmpty)
    for span in [finding.span] + finding.related.map(\.span) {
        precondition(contents[span.file.path] != nil, "\(finding): in no file")
        precondition(span.line >= 1 && span.column >= 1 && span.length >= 1, "\(finding): at no place")
    }
}

private func check(_ text: String, of report: LintReport, as format: LintFormat, _ style: TextStyle) {
    let bytes = text.utf8
    let allowed: Set<UInt8> = style.isColored && format == .text ? [0x0A, 0x1B] : [0x0A]
    precondition(
        bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || allowed.contains($0) }, "\(format): a control character")
    guard format == .github else { return }
    let lines = bytes.split(separator: 0x0A)
    precondition(lines.count == report.findings.count && lines.allSatisfy { $0.starts(with: "::".utf8) }, "\(format)")
}
