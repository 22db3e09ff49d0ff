internal import Addressing

extension ProblemCollector {
    /// `10.1.0.7/24` is an interface's address, not a network.
    mutating func requireNetwork(_ prefix: Located<IPPrefix>, _ name: String) {
        guard !prefix.value.isNetwork else { return }
        report(
            .badAddress, at: prefix.span,
            "`\(name)` must not have host bits set: `\(prefix)` should probably be `\(prefix.value.network)`",
            fixes: Fix.write("\(prefix.value.network)", at: prefix.span, .suggested))
    }

    /// Addresses that no network of machines can use.
    mutating func requireUnicast(_ prefix: Located<IPPrefix>, _ name: String) {
        guard let special = SpecialAddresses.name(overlapping: prefix.value) else { return }
        report(.badAddress, at: prefix.span, "`\(name)` must not hold \(special) addresses, as `\(prefix)` does")
    }
}

/// Blocks that mean something else everywhere (RFC 6890, RFC 4291 §2.4).
enum SpecialAddresses {
    static func name(overlapping prefix: IPPrefix) -> String? {
        blocks.first { $0.prefix.overlaps(prefix) }?.name
    }

    private static let blocks: [(prefix: IPPrefix, name: String)] = [
        ("0.0.0.0/8", "unspecified"), ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"),
        ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"), ("::/127", "unspecified and loopback"),
        ("::ffff:0.0.0.0/96", "IPv4-mapped"), ("fe80::/10", "link-local"), ("ff00::/8", "multicast"),
    ].compactMap { text, name in IPPrefix(text).map { ($0, name) } }
}
