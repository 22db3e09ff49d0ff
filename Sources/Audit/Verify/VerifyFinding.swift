package import GitRepository

/// Something that an auditor has to know of a repository.
package struct VerifyFinding: Hashable, Sendable {
    package enum Severity: String, Sendable, CaseIterable {
        /// It is not what it has to be: the verdict is no.
        case error
        /// It did nothing, or is not known: for a person to judge.
        case note
    }

    package let severity: Severity
    /// `nil`: of the repository as a whole.
    package let commit: ObjectID?
    /// What of it: `state`, `root document 2`, `acme/policy.yaml:7:3`.
    package let place: String
    package let reason: String

    init(_ severity: Severity, _ commit: ObjectID?, _ place: String, _ reason: String) {
        self.severity = severity
        self.commit = commit
        self.place = place
        self.reason = reason
    }
}

extension VerifyFinding: CustomStringConvertible {
    /// In one line.
    package var description: String {
        "\(severity.rawValue): \(commit.map { "\($0.short): " } ?? "")\(place): \(reason)"
    }
}
