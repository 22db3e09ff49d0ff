/// What the last line of a lint run says.
package struct LintSummary: Sendable, CustomStringConvertible {
    package let files: Int
    package let errors: Int
    package let warnings: Int

    package init(files: Int, findings: [Finding]) {
        self.files = files
        errors = findings.count { $0.severity == .error }
        warnings = findings.count - errors
    }

    package var description: String {
        let found =
            errors + warnings == 0 ? "clean" : "\(Self.count(errors, "error")), \(Self.count(warnings, "warning"))"
        return "\(Self.count(files, "file")): \(found)"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
