/// A table that can be folded away.
struct MarkdownSection {
    let title: String
    let count: String
    let heads: [String]
    let rows: [[String]]
    let isOpen: Bool

    init(_ title: String, _ count: String, _ heads: [String], _ rows: [[String]], isOpen: Bool = false) {
        self.title = title
        self.count = count
        self.heads = heads
        self.rows = rows
        self.isOpen = isOpen
    }
}

/// Markdown that keeps to a length: rows that do not fit are counted.
struct MarkdownPage {
    private let limit: Int
    private var lines: [String] = []
    private var used = 0
    private var omitted = 0

    /// For the end of the table in hand and the last line.
    private static let reserve = 400

    init(limit: Int) {
        self.limit = limit
    }

    /// Lines that are all there or not at all.
    mutating func add(_ more: [String]) {
        let size = more.map { $0.utf8.count + 1 }.reduce(0, +)
        guard used + size + Self.reserve <= limit else {
            omitted += more.count { !$0.isEmpty }
            return
        }
        lines += more
        used += size
    }

    mutating func add(_ section: MarkdownSection) {
        let heads = [
            "<details\(section.isOpen ? " open" : "")><summary>\(section.title) (\(section.count))</summary>", "",
            "| " + section.heads.joined(separator: " | ") + " |",
            "|" + section.heads.map { _ in " --- |" }.joined(),
        ]
        let end = ["", "</details>", ""]
        let rows = section.rows.map { "| " + $0.joined(separator: " | ") + " |" }
        let frame = (heads + end).map { $0.utf8.count + 1 }.reduce(0, +)
        // A table of which not even the first row fits says nothing.
        guard let first = rows.first, used + frame + first.utf8.count + 1 + Self.reserve <= limit else {
            omitted += rows.count
            return
        }
        used += frame
        lines += heads
        var shown = 0
        while shown < rows.count, used + rows[shown].utf8.count + 1 + Self.reserve <= limit {
            used += rows[shown].utf8.count + 1
            lines.append(rows[shown])
            shown += 1
        }
        omitted += rows.count - shown
        lines += end
    }

    var text: String {
        var lines = lines
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        if omitted > 0 {
            lines += [
                "",
                "_\(PlanWords.count(omitted, "line")) left out, as a comment has no room for more: `cvlan plan` shows all._",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
