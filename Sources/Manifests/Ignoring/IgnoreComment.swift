/// A comment that silences findings: `# cvlan: ignore CV023,CV112 reason`.
package struct IgnoreComment: Hashable, Sendable {
    /// As they are written; whether there are such codes is for others to tell.
    package let codes: [Located<String>]
    /// Of all codes, from the first to the last.
    package let codesSpan: SourceSpan
    /// Why; never empty unless something is wrong.
    package let reason: String
    /// From `#` to the end of the comment.
    package let span: SourceSpan
    /// The line whose findings it silences: its own, or the next with content where the comment is alone on its line;
    /// `nil` where nothing follows.
    package internal(set) var line: Int32?
    /// What takes the comment out of the file: with its line if that has nothing else.
    package let removal: TextEdit
    /// Why it silences nothing.
    package internal(set) var fault: Fault?
    /// Whose manifest it is in, as far as that can be told.
    package internal(set) var tenant: String?

    package enum Fault: Hashable, Sendable {
        /// The word, which should be `ignore`.
        case unknownWord(String)
        case noCode
        case noReason
        /// The file has more of them than anyone would write.
        case tooMany
    }
}
