internal import GitRepository

/// A timeline as one page that needs nothing else: no scripts, no fonts, no pictures, nothing from a network, which its own
/// policy forbids besides. It prints, and follows the reader's choice of light or dark.
struct HTMLAudit {
    private let timeline: Timeline

    init(_ timeline: Timeline) {
        self.timeline = timeline
    }

    var text: String {
        let entries = timeline.entries.map(EntryText.init)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="cvlan audit">
            <title>Audit of \(HTMLText.of(timeline.mainBranch)) and \(HTMLText.of(timeline.stateBranch))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <header>
            <h1>Audit</h1>
            \(facts(TimelineWords.head(timeline)))
            \(timeline.remarks.map { HTMLText.element("p", $0, class: "remark") }.joined(separator: "\n"))
            </header>
            <main>
            \(summary(entries))
            \(entries.enumerated().map { article($0.element, $0.offset + 1) }.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    /// What to read first: what was refused, and what concerns people and keys.
    private func summary(_ entries: [EntryText]) -> String {
        let rows = entries.enumerated().flatMap { index, entry in
            ((entry.isRefused ? ["refused: \(entry.title)"] : []) + entry.highlights).map { text in
                "<tr><td><a href=\"#e\(index + 1)\">\(HTMLText.of("\(entry.time)"))</a></td>"
                    + HTMLText.element("td", text) + HTMLText.element("td", entry.person) + "</tr>"
            }
        }
        guard !rows.isEmpty else { return "" }
        return "<section>\n<h2>What concerns people, keys and enrolment, and what was refused</h2>\n<table>\n"
            + "<thead><tr><th>When</th><th>What</th><th>Who, proven</th></tr></thead>\n<tbody>\n"
            + rows.joined(separator: "\n") + "\n</tbody>\n</table>\n</section>"
    }

    private func article(_ entry: EntryText, _ number: Int) -> String {
        let style = entry.kind.rawValue + (entry.isRefused ? " refused" : "")
        let marks = entry.highlights.map { HTMLText.element("li", $0) }
        return """
            <article id="e\(number)" class="\(style)">
            <h2>\(HTMLText.element("time", "\(entry.time)")) <span class="kind">\(entry.kind.rawValue)</span> \
            \(HTMLText.of(entry.title))\(entry.isRefused ? " <strong>refused</strong>" : "")</h2>
            \(HTMLText.element("p", entry.commit, class: "commit"))
            \(marks.isEmpty ? "" : "<ul class=\"highlights\">\(marks.joined())</ul>")
            \(facts(entry.facts))
            \(entry.sections.map(section).joined(separator: "\n"))
            </article>
            """
    }

    private func facts(_ facts: [EntryText.Fact]) -> String {
        "<dl>\n"
            + facts.map { HTMLText.element("dt", $0.label) + HTMLText.element("dd", $0.value) }
            .joined(separator: "\n") + "\n</dl>"
    }

    private func section(_ section: EntryText.Section) -> String {
        let rows = section.lines.map { line in
            let style = ["+": "came", "-": "went", "!": "bad"][line.sign] ?? "differs"
            let cells = [line.sign, line.tenant, line.subject, line.field, line.old, line.new, line.place]
            return "<tr class=\"\(style)\">" + cells.map { HTMLText.element("td", $0) }.joined() + "</tr>"
        }
        return HTMLText.element("h3", section.heading)
            + "\n<table>\n<thead><tr><th></th><th>Tenant</th><th>Of</th><th>What</th><th>Before</th><th>After</th>"
            + "<th>Where</th></tr></thead>\n<tbody>\n" + rows.joined(separator: "\n") + "\n</tbody>\n</table>"
    }

    private static let style = """
        :root { --ink: #1a1a1a; --paper: #fff; --soft: #666; --line: #ddd; --came: #1a6b2f; --went: #a11; --note: #7a5200; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6e6e6; --paper: #16181c; --soft: #9aa0a6; --line: #3a3f45; --came: #6fcf87; --went: #ff8a80;
            --note: #e6b450; }
        }
        body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
          max-width: 75rem; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.05rem; margin: 0 0 .3rem; } h3 { font-size: .9rem; margin: .8rem 0 .2rem; }
        article { border-top: 1px solid var(--line); padding: 1rem 0; }
        time, .commit, td { font-variant-numeric: tabular-nums; }
        .kind { color: var(--soft); font-weight: normal; }
        .commit { font: .8rem ui-monospace, monospace; color: var(--soft); margin: 0 0 .4rem; overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .3rem 0; font-size: .9rem; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        table { border-collapse: collapse; width: 100%; font-size: .85rem; }
        th, td { text-align: left; vertical-align: top; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--line);
          overflow-wrap: anywhere; }
        th { color: var(--soft); font-weight: normal; }
        .came td:first-child { color: var(--came); } .went td:first-child, .bad td { color: var(--went); }
        .highlights { margin: .3rem 0; color: var(--note); } .remark { color: var(--note); }
        .refused h2 strong { color: var(--went); text-transform: uppercase; font-size: .8rem; }
        a { color: inherit; }
        @media print { body { margin: 0; max-width: none; font-size: 10pt; } article, tr { break-inside: avoid; } }
        """
}
