/// What the last line of a lint run says.
package struct LintSummary: Sendable, Hashable, CustomStringConvertible {
    package let files: Int
    package let errors: Int
    package let warnings: Int
    package let notes: Int
    /// Findings that `--fix` mends.
    package let safelyFixable: Int
    /// Findings that `--fix=suggested` mends; those of `--fix` are among them.
    package let fixable: Int

    package init(files: Int, findings: [Finding]) {
        self.files = files
        errors = findings.count { $0.severity == .error }
        warnings = findings.count { $0.severity == .warning }
        notes = findings.count - errors - warnings
        fixable = findings.count { !$0.fixes.isEmpty }
        safelyFixable = findings.count { $0.fixes.contains { $0.safety == .safe } }
    }

    package var description: String {
        guard errors + warnings + notes > 0 else { return "\(Self.count(files, "file")): clean" }
        let found = [Self.count(errors, "error"), Self.count(warnings, "warning")]
        return "\(Self.count(files, "file")): "
            + (found + (notes > 0 ? [Self.count(notes, "note")] : [])).joined(separator: ", ") + fixes
    }

    private var fixes: String {
        let suggested = fixable - safelyFixable
        return (safelyFixable > 0 ? "; --fix mends \(safelyFixable)" : "")
            + (suggested > 0
                ? "; --fix=suggested \(safelyFixable > 0 ? "\(suggested) more" : "mends \(suggested)")" : "")
    }

    /// `1 file`, `2 files`.
    package static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
