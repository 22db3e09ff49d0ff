/// The name of the authority in SPIFFE ids: a lower-case DNS name.
package struct TrustDomain: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    package let description: String

    /// `nil` unless it is DNS labels joined by dots, 253 bytes at most.
    package init?(_ description: String) {
        guard (1...253).contains(description.utf8.count),
            description.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ isDNSLabel($0) })
        else { return nil }
        self.description = description
    }
}

/// Whether `text` is a DNS label in lower case (RFC 1123 §2.1): what names of tenants and nodes are.
package func isDNSLabel(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8.prefix(64))
    let isAlphanumeric = { (byte: UInt8?) -> Bool in
        guard let byte else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    return bytes.count <= 63 && isAlphanumeric(bytes.first) && isAlphanumeric(bytes.last)
        && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
}
