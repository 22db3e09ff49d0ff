/// What the last line of a lint run says.
package struct LintSummary: Sendable, CustomStringConvertible {
    package let files: Int
    package let errors: Int
    package let warnings: Int
    package let notes: Int

    package init(files: Int, findings: [Finding]) {
        self.files = files
        errors = findings.count { $0.severity == .error }
        warnings = findings.count { $0.severity == .warning }
        notes = findings.count - errors - warnings
    }

    package var description: String {
        guard errors + warnings + notes > 0 else { return "\(Self.count(files, "file")): clean" }
        let found = [Self.count(errors, "error"), Self.count(warnings, "warning")]
        return "\(Self.count(files, "file")): "
            + (found + (notes > 0 ? [Self.count(notes, "note")] : [])).joined(separator: ", ")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
