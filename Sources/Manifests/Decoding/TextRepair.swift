internal import Addressing

/// What was meant by a text that its field does not take.
struct TextRepair {
    let text: String
    let safety: Fix.Safety

    private static let longest = 256

    static func fixes(_ node: SyntaxNode, _ repair: (String) -> TextRepair?) -> [Fix] {
        guard case .scalar(let text, _) = node.content, text.utf8.count <= longest,
            let repair = repair(text)
        else {
            return []
        }
        return Fix.write(repair.text, at: node.span, repair.safety, insteadOf: text)
    }

    /// The first of some guesses that has the form.
    private static func guess<Value: LosslessStringConvertible>(
        _ guesses: [String?], as type: Value.Type, _ safety: Fix.Safety = .suggested
    ) -> TextRepair? {
        guesses.lazy.compactMap { $0 }.first { Value($0) != nil }.map {
            TextRepair(text: $0, safety: safety)
        }
    }

    // MARK: - Words and numbers

    /// Lower case, and hyphens for what a name cannot have.
    static func name(_ text: String) -> String? {
        guard text.utf8.count <= longest else { return nil }
        let lower = text.lowercased()
        if DomainName.isDomain(lower) { return lower }
        return String(lower.map { $0 == "_" || $0 == " " || $0 == "." ? "-" : $0 })
    }

    static func unquotedNumber(_ node: SyntaxNode) -> [Fix] {
        guard case .scalar(let text, isPlain: false) = node.content,
            JSONNumber.isNumber(Array(text.utf8)[...]),
            CoreSchema.integer(text) != nil
        else { return [] }
        return Fix.literal(text, at: node.span, .safe)
    }

    static func unquotedTrue(_ node: SyntaxNode) -> [Fix] {
        guard case .scalar(let text, let isPlain) = node.content, text.utf8.count <= 4 else {
            return []
        }
        if !isPlain, CoreSchema.boolean(text) == true {
            return Fix.literal("true", at: node.span, .safe)
        }
        return ["yes", "y", "on", "1"].contains(text.lowercased())
            ? Fix.literal("true", at: node.span, .suggested) : []
    }

    // MARK: - Addresses

    @Sendable static func address(_ text: String) -> TextRepair? {
        guess([IPPrefix(text)?.address.description], as: IPAddress.self)
    }

    /// Of a host; `10.1.0.0` is a network of a size that nobody can tell.
    @Sendable static func prefix(_ text: String) -> TextRepair? {
        guard let address = IPAddress(text) else { return nil }
        let hostBits: UInt128 = address.family == .v4 ? 0xFF : 0xFFFF_FFFF_FFFF_FFFF
        return address.value & hostBits == 0
            ? nil : guess(["\(IPPrefix(host: address))"], as: IPPrefix.self)
    }

    @Sendable static func range(_ text: String) -> TextRepair? {
        let tight = text.filter { $0 != " " }
        let ends = tight.split(separator: "-").map(String.init)
        return guess([tight, ends.reversed().joined(separator: "-")], as: AddressRange.self)
            ?? guess([IPPrefix(tight).map { "\($0.network)" }], as: AddressRange.self)
    }

    @Sendable static func endpoint(_ text: String) -> TextRepair? {
        // WireGuard's usual port.
        let port: UInt16 = 51820
        let address = IPAddress(text).flatMap {
            NodeEndpoint(host: .address($0), port: port)?.description
        }
        return guess([text.lowercased()], as: NodeEndpoint.self, .safe)
            ?? guess(
                [address, IPPrefix(text) == nil ? "\(text.lowercased()):\(port)" : nil],
                as: NodeEndpoint.self)
    }

    // MARK: - Ports and times

    @Sendable static func port(_ text: String) -> TextRepair? {
        let lower = text.lowercased()
        let parts = lower.split { ":/ ".contains($0) }.map(String.init)
        return guess([lower], as: PortMatch.self, .safe)
            ?? guess(
                [
                    parts.joined(separator: "/"), parts.reversed().joined(separator: "/"),
                    parts.count == 1 ? "tcp/\(lower)" : nil, lower.hasPrefix("icmp") ? "icmp" : nil,
                ], as: PortMatch.self)
    }

    @Sendable static func timestamp(_ text: String) -> TextRepair? {
        let joined = text.replacingBlank(with: "T")
        return guess([joined, "\(joined)Z", "\(text)T00:00:00Z"], as: Timestamp.self)
    }

    @Sendable static func duration(_ text: String) -> TextRepair? {
        let lower = text.lowercased()
        let tight = lower.filter { $0 != " " }
        let digits = tight.prefix { $0.isASCII && $0.isNumber }
        let unit = tight[digits.endIndex...]
        let isUnit = ["seconds", "minutes", "hours"].contains { $0.hasPrefix(unit) }
        return guess([lower], as: DurationText.self, .safe)
            ?? guess(
                [tight, "\(tight)s", isUnit ? "\(digits)\(unit.prefix(1))" : nil], as: DurationText.self)
    }
}

extension String {
    fileprivate func replacingBlank(with letter: Character) -> String {
        String(map { $0 == " " ? letter : $0 })
    }
}
