package import GitRepository
internal import Lint
internal import Manifests
package import Trust

/// What came of checking a repository.
package struct VerifyReport: Sendable {
    package let mainTip: ObjectID
    package let stateTip: ObjectID
    package let states: Int
    /// Of main, judged.
    package let commits: Int
    package let height: UInt64
    /// What becomes of refused commits now; `nil`: there is no root document.
    package let mode: String?
    package let replays: Bool
    package let roots: Int
    /// Of the root that everything was checked by; `nil`: there is none.
    package let pin: RootPin?
    /// Whether the auditor knew it. Otherwise comparing it is left to them.
    package let isPinned: Bool
    package let findings: [VerifyFinding]

    package static let version = 1

    package var isVerified: Bool { !findings.contains { $0.severity == .error } }

    package var text: String {
        let errors = findings.count { $0.severity == .error }
        var lines = [
            isVerified ? "verified" : "NOT VERIFIED: \(Words.count(errors, "error"))",
            "  main \(mainTip): \(Words.count(commits, "commit")) judged",
            "  state \(stateTip): height \(height), \(Words.count(states, "commit")), "
                + (replays ? "each computed again" : "not computed again"),
            "  \(Words.count(roots, "root document")), authorization \(mode ?? "unknown")",
        ]
        if let pin {
            lines.append(
                isPinned
                    ? "  root \(pin), as it was given"
                    : "  root \(pin): compare this with what you were given, and name it with --root next time")
        }
        lines += findings.map { "\($0)" }
        return lines.map { VisibleText.of($0) + "\n" }.joined()
    }

    package var json: String {
        JSONText.object([
            "version": .integer(Self.version), "isVerified": .boolean(isVerified),
            "mainCommit": .string("\(mainTip)"), "stateCommit": .string("\(stateTip)"),
            "height": .integer(Int(clamping: height)), "commits": .integer(commits), "states": .integer(states),
            "isReplayed": .boolean(replays), "roots": .integer(roots),
            "authorization": mode.map(JSONText.string), "root": pin.map { .string("\($0)") },
            "isRootGiven": .boolean(isPinned),
            "findings": .array(
                findings.map {
                    .object([
                        "severity": .string($0.severity.rawValue), "commit": $0.commit.map { .string("\($0)") },
                        "place": .string($0.place), "reason": .string($0.reason),
                    ])
                }),
        ]).document
    }
}
