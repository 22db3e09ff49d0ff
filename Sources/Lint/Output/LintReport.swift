package import Manifests

/// What a run of lint has to tell: everything that a format needs, and nothing that it would have to ask for.
package struct LintReport: Sendable {
    /// Sorted by place.
    package let findings: [Finding]
    /// The paths of all files that were looked at, sorted; those of findings are among them.
    package let files: [String]
    /// What `expires` was held against.
    package let time: Timestamp
    /// Findings below fail no run.
    package let failOn: Finding.Severity
    /// The version of the program.
    package let version: String
    /// The folder that relative paths begin in, absolute; `nil` for what is in no folder, as a commit.
    package let root: String?
    /// The text of a file, as it was looked at; `nil` where it cannot be had again.
    package let source: @Sendable (SourceFile) -> [UInt8]?

    package init(
        findings: [Finding], files: [String], time: Timestamp, failOn: Finding.Severity = .error, version: String,
        root: String? = nil, source: @escaping @Sendable (SourceFile) -> [UInt8]?
    ) {
        self.findings = findings
        self.files = files
        self.time = time
        self.failOn = failOn
        self.version = version
        self.root = root
        self.source = source
    }

    package var summary: LintSummary { LintSummary(files: files.count, findings: findings) }

    /// A path as seen from `root`, where it is inside; else as it is, or absolute where it leaves the root by `..`.
    func relative(_ path: String) -> String {
        guard let root, path.hasPrefix("/") || path.split(separator: "/").contains("..") else { return path }
        var parts: [Substring] = []
        for part in (path.hasPrefix("/") ? path : "\(root)/\(path)").split(separator: "/") where part != "." {
            if part == ".." {
                parts = parts.dropLast()
            } else {
                parts.append(part)
            }
        }
        let rootParts = root.split(separator: "/")
        guard parts.starts(with: rootParts) else { return "/" + parts.joined(separator: "/") }
        return parts.dropFirst(rootParts.count).joined(separator: "/")
    }
}

/// How findings can be written down.
package enum LintFormat: String, Sendable, CaseIterable {
    /// For people and editors.
    case text
    case json
    /// SARIF 2.1.0, for code scanning.
    case sarif
    /// Workflow commands of GitHub Actions.
    case github
    /// JUnit XML, for GitLab and Jenkins.
    case junit

    package func render(_ report: LintReport, style: TextStyle = .plain) -> String {
        switch self {
        case .text: TextFormat(style).render(report)
        case .json: JSONFormat.render(report)
        case .sarif: SARIFFormat.render(report)
        case .github: GitHubFormat.render(report)
        case .junit: JUnitFormat.render(report)
        }
    }
}
