package import Manifests

/// One run of lint: load, rules, a trial, ignores.
package struct LintRun: Sendable {
    package let report: LintReport

    /// The raw value is the exit status of `cvlan lint`.
    package enum Exit: Int32, Sendable {
        /// Nothing at or above what the run fails on.
        case clean = 0
        case findings = 1
        /// Called wrongly, or something could not be read or written.
        case couldNotRun = 2
        /// There are no manifests.
        case nothingToLint = 3
    }

    /// - Parameters:
    ///   - time: what `expires` is held against.
    ///   - failOn: findings below fail no run.
    ///   - version: of the program, for reports.
    package init(_ input: LintInput, at time: Timestamp, failOn: Finding.Severity = .error, version: String) {
        report = LintReport(
            findings: Self.findings(in: input.manifests, at: time, reservedNames: input.reservedNames),
            files: input.paths, time: time, failOn: failOn,
            version: version, root: input.root, source: input.source)
    }

    package var exit: Exit {
        guard !report.files.isEmpty else { return .nothingToLint }
        return report.findings.contains { $0.severity >= report.failOn } ? .findings : .clean
    }

    /// What is to be said of manifests in the end, sorted by place.
    ///
    /// - Parameter reservedNames: what the controller is called by, where that is known.
    package static func findings(
        in manifests: ManifestSet, at time: Timestamp, reservedNames: Set<String> = []
    ) -> [Finding] {
        var findings = Linter(at: time, reservedNames: reservedNames).findings(in: manifests)
        let heldBack = HeldBack(findings)
        let tried = manifests.tenants.values.filter { !heldBack.contains($0.name) }
        findings += Parallel.map(tried, fewest: 2) { TrialLinter(at: time).findings(in: $0) }.flatMap(\.self)
        return Ignoring(manifests.ignores).applied(to: findings)
    }
}

/// Tenants that cannot be tried out, for what is wrong with them already.
private struct HeldBack {
    private let tenants: Set<String?>

    init(_ findings: [Finding]) {
        tenants = Set(findings.lazy.filter(\.code.holdsBack).map(\.tenant))
    }

    /// What is nobody's holds back all.
    func contains(_ tenant: String) -> Bool { tenants.contains(nil) || tenants.contains(tenant) }
}
