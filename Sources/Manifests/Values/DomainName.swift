/// Rules for names in the DNS (RFC 1123 §2.1), lower case as Kubernetes has them.
package enum DomainName {
    /// A DNS label: 1 to 63 of `a-z`, `0-9` and `-`, neither first nor last a `-`.
    package static func isLabel(_ text: some StringProtocol) -> Bool {
        var count = 0
        var last = UInt8(ascii: "-")
        for letter in text.utf8 {
            // A hyphen is first when it comes after nothing.
            guard isLowerAlphanumeric(letter) || (letter == UInt8(ascii: "-") && count > 0), count < 63 else {
                return false
            }
            count += 1
            last = letter
        }
        return last != UInt8(ascii: "-")
    }

    /// Labels joined by dots, 253 letters at most, no dot at the end.
    package static func isDomain(_ text: some StringProtocol) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
    }

    /// A domain whose last label is not a number, so that a mistyped address is not taken for a name.
    package static func isHostName(_ text: some StringProtocol) -> Bool {
        guard isDomain(text), let last = text.split(separator: ".").last else { return false }
        return !last.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLowerAlphanumeric(_ letter: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(letter)
    }
}
