/// Fixes that write one value in the place of another. They are empty where a value is written in a way that an edit of
/// one line does not reach: on several lines, with an anchor or a tag.
extension Fix {
    /// A string, with or without quotes as before, as far as it can be without.
    ///
    /// - Parameter old: what is written there, where that is known: nothing gets quotes for its case.
    package static func write(
        _ text: String, at span: SourceSpan, _ safety: Safety, insteadOf old: String? = nil
    ) -> [Fix] {
        let written: String
        switch span.form {
        case .other: return []
        case .plain where old?.lowercased() == text && CoreSchema.type(of: text) == .string: written = text
        case .plain: written = span.file.isJSON ? JSONText.string(text).line : YAMLScalar.text(text)
        case .singleQuoted: written = YAMLScalar.singleQuoted(text) ?? YAMLScalar.quoted(text)
        case .doubleQuoted: written = span.file.isJSON ? JSONText.string(text).line : YAMLScalar.quoted(text)
        }
        return [.replace(span, with: written, "write `\(text.shortened)`", safety)]
    }

    /// A string with quotes.
    package static func quote(_ text: String, at span: SourceSpan, _ safety: Safety) -> [Fix] {
        guard span.form != .other else { return [] }
        let written = span.file.isJSON ? JSONText.string(text).line : YAMLScalar.quoted(text)
        return [.replace(span, with: written, "write `\(written.shortened)`", safety)]
    }

    /// A number or a boolean.
    package static func literal(_ text: String, at span: SourceSpan, _ safety: Safety) -> [Fix] {
        span.form == .other ? [] : [.replace(span, with: text, "write `\(text)`", safety)]
    }
}
