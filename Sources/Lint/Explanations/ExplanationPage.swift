extension FindingCode {
    /// The page about the code, as plain text. Ends with a line break.
    package func page(width: Int = 80) -> String {
        let explanation = explanation
        var blocks = [TextWrap.lines(of: heading, width: width)]
        blocks += TextWrap.paragraphs(of: explanation.meaning, width: width)
        blocks += TextWrap.paragraphs(of: explanation.remedy, width: width)
        blocks += [["Wrong:", ""] + Self.indented(explanation.bad), ["Right:", ""] + Self.indented(explanation.good)]
        blocks += (explanation.notes + [consequence]).flatMap { TextWrap.paragraphs(of: $0, width: width) }
        return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    /// The page without its heading, as Markdown.
    package var markdown: String {
        let explanation = explanation
        let blocks =
            [explanation.meaning, explanation.remedy, "Wrong:", Self.fenced(explanation.bad), "Right:"]
            + [Self.fenced(explanation.good)] + explanation.notes + [consequence]
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private var heading: String { "\(rawValue) (\(severity.rawValue)): \(explanation.summary)" }

    /// What comes of a finding with this code; the same for all that are treated alike.
    private var consequence: String {
        if holdsBack { return "The controller keeps the tenant at its last good commit until this is mended." }
        guard canBeIgnored else { return "The controller carries the manifest out all the same." }
        return "The controller carries the manifest out all the same. "
            + "To accept it, write `# cvlan: ignore \(rawValue) REASON` on the line or above it."
    }

    private static func indented(_ example: String) -> [String] {
        example.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
    }

    private static func fenced(_ example: String) -> String { "```yaml\n\(example)\n```" }
}

/// Fits text for people into lines.
enum TextWrap {
    /// Paragraphs, each as lines of at most `width` characters, but for longer words.
    static func paragraphs(of text: String, width: Int) -> [[String]] {
        text.split(separator: "\n\n").map { lines(of: $0, width: width) }
    }

    static func lines(of paragraph: some StringProtocol, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in paragraph.split(whereSeparator: \.isWhitespace) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
