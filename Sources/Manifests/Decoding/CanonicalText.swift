internal import Addressing

/// The one text, of several that mean the same, that everyone writes; `nil` where a text can be nothing else, and where
/// it has not the form.
enum CanonicalText {
    @Sendable static func address(_ text: String) -> String? {
        hasChoice(text) ? IPAddress(text)?.description : nil
    }

    @Sendable static func prefix(_ text: String) -> String? {
        hasChoice(text) ? IPPrefix(text)?.description : nil
    }

    @Sendable static func range(_ text: String) -> String? {
        guard hasChoice(text) || text.utf8.contains(UInt8(ascii: "-")) else { return nil }
        if let prefix = IPPrefix(text) { return prefix.description }
        let ends = text.split(separator: "-").map { IPAddress($0)?.description ?? "" }
        return ends.first == ends.last ? ends.first : ends.joined(separator: "-")
    }

    @Sendable static func endpoint(_ text: String) -> String? {
        text.utf8.first == UInt8(ascii: "[") ? NodeEndpoint(text)?.description : nil
    }

    @Sendable static func port(_ text: String) -> String? {
        text.utf8.contains(UInt8(ascii: "-")) ? PortMatch(text)?.description : nil
    }

    /// `t` and `z` (RFC 3339 §5.6).
    @Sendable static func timestamp(_ text: String) -> String? { text.uppercased() }

    /// An IPv4 address is written in one way only (RFC 5952 is about IPv6).
    private static func hasChoice(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: ":")) }
}
