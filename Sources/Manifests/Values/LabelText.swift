/// The rules of Kubernetes for labels.
enum LabelText {
    /// `NAME` or `DOMAIN/NAME`.
    static func isKey(_ text: String) -> Bool {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return isName(text[...]) }
        return isName(text[text.utf8.index(after: slash)...]) && DomainName.isDomain(text[..<slash])
    }

    static func isValue(_ text: String) -> Bool {
        text.isEmpty || isName(text[...])
    }

    /// 1 to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last.
    private static func isName(_ text: Substring) -> Bool {
        let letters = text.utf8
        guard (1...63).contains(letters.count), let first = letters.first, let last = letters.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && letters.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ letter: UInt8) -> Bool {
        (48...57).contains(letter) || (65...90).contains(letter) || (97...122).contains(letter)
    }
}
