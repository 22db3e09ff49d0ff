/// The id of a commit on the main branch: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits, lower case.
package struct SourceCommit: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    package let description: String

    package init?(_ text: String) {
        let digits = text.utf8
        guard digits.count == 40 || digits.count == 64,
            digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        description = text
    }
}
