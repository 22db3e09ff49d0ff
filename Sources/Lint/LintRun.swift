package import Manifests
internal import OverlayNetwork

/// One run of `cvlan lint`: what it prints and how it exits.
package struct LintRun: Sendable, Equatable {
    /// For standard output: a line for each finding.
    package private(set) var findings: [Finding] = []
    /// For standard error: how it went, or why it could not.
    package private(set) var summary: String
    package private(set) var exit: Exit

    /// The raw value is the exit status.
    package enum Exit: Int32, Sendable {
        /// No errors; there may be warnings.
        case clean = 0
        case errors = 1
        case couldNotRun = 2
    }

    /// Checks the manifests in files and folders as one repository.
    package init(paths: [String], at time: Timestamp) {
        var files: [ManifestFile] = []
        // A file that is named twice, itself and by its folder, is read once.
        var seen: Set<String> = []
        do throws(FolderReader.Failure) {
            for path in paths {
                try FolderReader().read(path) { if seen.insert($0.source.path).inserted { files.append($0) } }
            }
        } catch {
            summary = "\(error)"
            exit = .couldNotRun
            return
        }
        guard !files.isEmpty else {
            summary =
                paths.isEmpty ? "name files or folders to check" : "no manifests in \(paths.joined(separator: ", "))"
            exit = .couldNotRun
            return
        }
        let manifests = ManifestSet(files: files)
        findings = Linter(at: time).findings(in: manifests)
        if !findings.contains(where: { $0.severity == .error }) {
            findings += manifests.tenants.values.flatMap { Self.trial(of: $0, at: time) }
            findings.sort()
        }
        let counts = LintSummary(files: files.count, findings: findings)
        summary = "\(counts)"
        exit = counts.errors > 0 ? .errors : .clean
    }

    /// What the controller would hold a tenant back for when it carries the manifests out: networks without room, and
    /// tests of policies that do not hold.
    private static func trial(of tenant: TenantManifests, at time: Timestamp) -> [Finding] {
        do throws(NetworkErrors) {
            return try PolicyTestFailure.all(in: tenant, at: time).map {
                Finding(.policyTestFails, at: $0.span, "\($0)", tenant: $0.tenant)
            }
        } catch {
            return error.errors.map { Finding(.cannotBeCarriedOut, at: $0.span, $0.message, tenant: $0.tenant) }
        }
    }
}
