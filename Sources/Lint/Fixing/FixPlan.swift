package import Manifests

/// What to write into one file: of the fixes for it, those that do not get into each other's way.
package struct FixPlan {
    package private(set) var edits: [TextEdit] = []
    /// What the edits mend.
    private(set) var findings: [Finding] = []

    /// Of several fixes that overlap, the first in the file; the others have their turn when lint has looked again.
    ///
    /// - Parameter level: what may be written.
    package static func byFile(_ findings: [Finding], _ level: Fix.Safety) -> [SourceFile: FixPlan] {
        var chosen: [SourceFile: [Choice]] = [:]
        for finding in findings {
            guard let choice = Choice(finding, level) else { continue }
            chosen[choice.start.file, default: []].append(choice)
        }
        return chosen.mapValues { choices in
            var plan = FixPlan()
            // A stable order: findings are sorted, and so are those that begin at the same place.
            let sorted = choices.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            var last: SourceSpan?
            for (_, choice) in sorted where last.map({ $0.isBefore(choice.start) }) ?? true {
                plan.edits += choice.edits
                plan.findings.append(choice.finding)
                last = choice.edits.last?.span
            }
            return plan
        }
    }

    private struct Choice {
        let finding: Finding
        /// Sorted, all in one file.
        let edits: [TextEdit]
        let start: SourceSpan

        init?(_ finding: Finding, _ level: Fix.Safety) {
            guard let fix = finding.fixes.first(where: { $0.safety == .safe || level == .suggested }) else {
                return nil
            }
            let edits = fix.edits.sorted { $0.span < $1.span }
            guard let start = edits.first?.span, edits.allSatisfy({ $0.span.file == start.file }) else { return nil }
            self.finding = finding
            self.edits = edits
            self.start = start
        }
    }
}

extension SourceSpan {
    fileprivate func isBefore(_ other: SourceSpan) -> Bool {
        line < other.line || (line == other.line && column + length <= other.column)
    }
}
