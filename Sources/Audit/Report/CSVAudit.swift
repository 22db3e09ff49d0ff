internal import Lint

/// A timeline as comma-separated values (RFC 4180): one record for each fact, with its entry's time and commit.
///
/// What a spreadsheet would take for a formula gets an apostrophe before it, as it would be run by whoever opens the file.
struct CSVAudit {
    private let timeline: Timeline

    private static let columns = [
        "time", "kind", "commit", "title", "person", "refused", "section", "sign", "tenant", "subject", "field", "old",
        "new", "place",
    ]

    init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    var text: String {
        var records = [Self.columns]
        for entry in timeline.entries.map(EntryText.init) {
            let start = [
                "\(entry.time)", entry.kind.rawValue, entry.commit, entry.title, entry.person,
                entry.isRefused ? "yes" : "",
            ]
            records += entry.facts.map { start + ["fact", "", "", $0.label, "", "", $0.value, ""] }
            records += entry.highlights.map { start + ["highlight", "", "", $0, "", "", "", ""] }
            for section in entry.sections {
                records += section.lines.map { line in
                    start + [
                        section.heading, line.sign, line.tenant, line.subject, line.field, line.old, line.new,
                        line.place,
                    ]
                }
            }
        }
        return records.map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func cell(_ text: String) -> String {
        var text = VisibleText.of(text)
        // A sign alone is none of a formula.
        if let first = text.first, "=+-@".contains(first), text.count > 1 { text = "'" + text }
        guard text.contains(where: { "\",\r\n".contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
