internal import GitRepository
internal import Lint
internal import Manifests
internal import OverlayNetwork
internal import Plan

/// Who could reach whom at a moment of the past, as text and as JSON.
package struct FlowReport: Sendable {
    private let finding: FlowHistory.Finding

    package static let version = 1

    package init(_ finding: FlowHistory.Finding) {
        self.finding = finding
    }

    package var text: String {
        let (moment, tenant) = (finding.moment, finding.tenant)
        var lines = explanation(moment)
        if let first = lines.first { lines[0] = "at \(finding.date), tenant \(tenant): \(first)" }
        lines.append("in force then: \(state(moment))")
        lines.append("\(moment.isOpen ? "open" : "closed") since \(state(finding.since))")
        lines += commits(finding.since)
        if let until = finding.until {
            lines.append("\(until.isOpen ? "opened" : "closed") after it by \(state(until))")
            lines += commits(until)
            lines += explanation(until).map { "    \($0)" }
        } else {
            lines.append("so it has been ever since")
        }
        return lines.map { VisibleText.of($0) + "\n" }.joined()
    }

    private func explanation(_ moment: FlowHistory.Moment) -> [String] {
        guard let answer = moment.answer else { return ["closed: \(moment.problem ?? "nothing is known of it")"] }
        return "\(answer.explanation)".split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func state(_ moment: FlowHistory.Moment) -> String {
        "height \(moment.height), \(moment.state.short), made from \(moment.source.short), in force from \(moment.inForce)"
    }

    private func commits(_ moment: FlowHistory.Moment) -> [String] {
        guard !moment.commits.isEmpty else { return ["  without a commit: time went on, and something expired"] }
        return moment.commits.map { commit in
            "  \(commit.id) \(commit.author.name) <\(commit.author.email)>: \(commit.subject)"
        }
    }

    package var json: String {
        JSONText.object([
            "version": .integer(Self.version), "tenant": .string(finding.tenant),
            "date": .string("\(finding.date)"), "isOpen": .boolean(finding.moment.isOpen),
            "inForce": object(finding.moment), "since": object(finding.since),
            "until": finding.until.map(object),
        ]).document
    }

    private func object(_ moment: FlowHistory.Moment) -> JSONText {
        .object([
            "stateCommit": .string("\(moment.state)"), "height": .integer(Int(clamping: moment.height)),
            "sourceCommit": .string("\(moment.source)"), "from": .string("\(moment.inForce)"),
            "isOpen": .boolean(moment.isOpen), "explanation": moment.answer.map { JSONExplanation($0).json },
            "problem": moment.problem.map(JSONText.string),
            "commits": .array(
                moment.commits.map {
                    .object([
                        "commit": .string("\($0.id)"), "author": .string("\($0.author.name) <\($0.author.email)>"),
                        "subject": .string($0.subject),
                    ])
                }),
        ])
    }
}
