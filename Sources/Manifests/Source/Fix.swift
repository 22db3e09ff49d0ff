/// A change of a manifest's text that mends something.
package struct Fix: Hashable, Sendable {
    /// For people, as an order: "write `tcp/443`".
    package let title: String
    package let safety: Safety
    /// Not overlapping.
    package let edits: [TextEdit]

    package enum Safety: Sendable, Hashable {
        /// The manifest means the same afterwards, or only now means what it says.
        case safe
        /// Probably what was meant, for a person to look at.
        case suggested
    }

    package init(_ title: String, _ safety: Safety, _ edits: [TextEdit]) {
        self.title = title
        self.safety = safety
        self.edits = edits
    }

    /// Writes something else in one place.
    package static func replace(_ span: SourceSpan, with text: String, _ title: String, _ safety: Safety) -> Fix {
        Fix(title, safety, [TextEdit(span: span, text: text)])
    }
}

/// What to write in the place of a span, which lies on one line.
package struct TextEdit: Hashable, Sendable {
    package let span: SourceSpan
    /// In the syntax of the file, quotes included.
    package let text: String
    /// What ends the line goes too: nothing is left of a line whose span is all of it.
    package let takesLine: Bool

    package init(span: SourceSpan, text: String, takesLine: Bool = false) {
        self.span = span
        self.text = text
        self.takesLine = takesLine
    }
}
