internal import GitRepository
internal import Lint

/// A timeline for a terminal, or a log. Text from git cannot leave its line.
struct TextAudit {
    private let timeline: Timeline

    init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    var text: String {
        var lines = TimelineWords.head(timeline).map { "\($0.label): \($0.value)" }
        lines += timeline.remarks.map { "note: \($0)" }
        for entry in timeline.entries.map(EntryText.init) { lines += [""] + self.lines(entry) }
        return lines.map { VisibleText.of($0) + "\n" }.joined()
    }

    private func lines(_ entry: EntryText) -> [String] {
        let refused = entry.isRefused ? "  REFUSED" : ""
        var lines = ["\(entry.time)  \(entry.kind.rawValue)  \(entry.commit.prefix(12))  \(entry.title)\(refused)"]
        lines += entry.highlights.map { "  * \($0)" }
        lines += entry.facts.map { "  \($0.label): \($0.value)" }
        for section in entry.sections {
            lines.append("  \(section.heading)")
            lines += section.lines.map { line in
                let place = line.place.isEmpty ? "" : "  [\(line.place)]"
                let tenant = line.tenant.isEmpty ? "" : "\(line.tenant)/"
                return "    \(line.sign) \(tenant)\(line.text)\(place)"
            }
        }
        return lines
    }
}

/// What every format says first.
enum TimelineWords {
    static func head(_ timeline: Timeline) -> [EntryText.Fact] {
        var facts = [
            EntryText.Fact(label: "main", value: "\(timeline.mainBranch) at \(tip(timeline.mainTip))"),
            EntryText.Fact(label: "state", value: "\(timeline.stateBranch) at \(tip(timeline.stateTip))"),
        ]
        let filter = filter(timeline.filter)
        if !filter.isEmpty { facts.append(EntryText.Fact(label: "only", value: filter)) }
        let omitted = timeline.omitted > 0 ? ", and \(timeline.omitted) older ones that are left out" : ""
        facts.append(EntryText.Fact(label: "entries", value: "\(timeline.entries.count)\(omitted)"))
        return facts
    }

    private static func tip(_ commit: ObjectID?) -> String { commit.map { "\($0)" } ?? "nothing" }

    private static func filter(_ filter: AuditFilter) -> String {
        [
            filter.tenant.map { "tenant \($0)" },
            filter.node.map { node in "node \(node.tenant.map { "\($0)/" } ?? "")\(node.name)" },
            filter.person.map { "person \($0)" }, filter.since.map { "since \($0)" },
            filter.until.map { "until \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}
