internal import Manifests

/// For people: `FILE:LINE:COLUMN: error[CODE]: message`, which editors read too, then the line with a caret under what
/// is meant, the other places that have to do with it, and what would mend it.
struct TextFormat {
    private let style: TextStyle
    private let paint: Paint

    init(_ style: TextStyle) {
        self.style = style
        paint = Paint(isColored: style.isColored)
    }

    func render(_ report: LintReport) -> String {
        var sources = SourceCache(report)
        var text = ""
        for finding in report.findings {
            for line in lines(of: finding, &sources) { text += line + "\n" }
            text += "\n"
        }
        return text
    }

    /// What is said of one finding, without an empty line behind it.
    func lines(of finding: Finding, _ sources: inout SourceCache) -> [String] {
        let numbers = ([finding.span] + finding.related.map(\.span)).map { "\($0.line)".count }
        let gutter = String(repeating: " ", count: numbers.max() ?? 1)
        var lines = [headline(of: finding)]
        // What is not text has no lines.
        if finding.code != .unreadable {
            lines += excerpt(finding.span, mark: "^", finding.severity.role, gutter, &sources)
        }
        for related in finding.related {
            let place = VisibleText.of("\(related.span): \(related.message)")
            lines.append(gutter + paint("--> ", .frame) + place)
            lines += excerpt(related.span, mark: "-", .frame, gutter, &sources)
        }
        for fix in finding.fixes {
            let option = fix.safety == .safe ? "--fix" : "--fix=suggested"
            lines.append(
                "\(gutter) \(paint("=", .frame)) \(paint("fix:", .fix)) \(VisibleText.of(fix.title)) (\(option))")
        }
        return lines
    }

    private func headline(of finding: Finding) -> String {
        let severity = paint("\(finding.severity.rawValue)[\(finding.code.rawValue)]", finding.severity.role)
        let message = paint(VisibleText.of(finding.message), .strong)
        guard finding.span.line > 0 else { return "\(severity): \(message)" }
        return "\(paint(VisibleText.of("\(finding.span)"), .strong)): \(severity): \(message)"
    }

    private func excerpt(
        _ span: SourceSpan, mark: String, _ role: Paint.Role, _ gutter: String, _ sources: inout SourceCache
    ) -> [String] {
        guard let line = sources.line(span.line, of: span.file) else { return [] }
        let excerpt = Excerpt(
            of: line, column: Int(span.column), length: Int(span.length), width: style.width - gutter.count - 3)
        let number = String(repeating: " ", count: gutter.count - "\(span.line)".count) + "\(span.line)"
        let underline =
            String(repeating: " ", count: excerpt.indent) + paint(String(repeating: mark, count: excerpt.length), role)
        return [
            "\(gutter) \(paint("|", .frame))",
            "\(paint("\(number) |", .frame)) \(excerpt.text)",
            "\(gutter) \(paint("|", .frame)) \(underline)",
        ]
    }
}
