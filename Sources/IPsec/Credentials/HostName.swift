/// Compares names of hosts as DNS does: ASCII letters in either case, every other byte as it is (RFC 4343).
enum HostName {
    static func isSame(_ a: some StringProtocol, _ b: some StringProtocol) -> Bool {
        a.utf8.elementsEqual(b.utf8) { folded($0) == folded($1) }
    }

    /// "*." at the beginning of `pattern` stands for exactly one label, which is not a wildcard itself; anything else for itself.
    static func matches(_ host: String, _ pattern: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return isSame(host, pattern) }
        guard let dot = host.firstIndex(of: "."), dot > host.startIndex, host[..<dot] != "*" else { return false }
        return isSame(host[dot...], pattern.dropFirst())
    }

    /// What is before the last "@" is the mail host's own business, also its letters' case (RFC 5321 §2.4).
    static func isSameMailbox(_ a: String, _ b: String) -> Bool {
        guard let at = a.lastIndex(of: "@"), let other = b.lastIndex(of: "@") else { return a == b }
        return a[..<at] == b[..<other] && isSame(a[at...], b[other...])
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
