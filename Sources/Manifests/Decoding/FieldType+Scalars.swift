internal import Addressing

extension FieldType where Value == Int {
    static let integer = FieldType({ _ in Schema(["type": "integer"]) }) { node, name, context in
        guard case .scalar(let text, isPlain: true) = node.content, node.type == .integer else {
            context.wrongType(node, name, "a number", fixes: TextRepair.unquotedNumber(node))
            return nil
        }
        guard let value = CoreSchema.integer(text) else {
            context.report(.badValue, at: node.span, "`\(name)` is too large a number")
            return nil
        }
        return value
    }

    /// A number that is held against these limits when it has been decoded.
    static func integer(validatedIn limits: ClosedRange<Int>) -> FieldType {
        integer.validated("minimum", .integer(limits.lowerBound)).validated(
            "maximum", .integer(limits.upperBound))
    }
}

extension FieldType where Value == Bool {
    /// A field that is there to be true: the opposite is leaving it out.
    static let onlyTrue = FieldType({ _ in Schema(["const": true]) }) { node, name, context in
        guard case .scalar(let text, isPlain: true) = node.content, let value = CoreSchema.boolean(text)
        else {
            context.wrongType(node, name, "true", fixes: TextRepair.unquotedTrue(node))
            return nil
        }
        guard value else {
            context.report(.badValue, at: node.span, "`\(name)` can only be true")
            return nil
        }
        return value
    }
}

extension FieldType where Value: LosslessStringConvertible & Sendable {
    /// A string with a form of its own, as `expected` tells it: "an address like 10.0.0.1".
    ///
    /// - Parameters:
    ///   - canonical: the text that means the same, and that everyone writes; `nil` where there is one text only.
    ///   - repair: what was meant by a text that has not the form.
    static func text(
        _ problem: ManifestProblem.Kind, _ expected: String, _ pattern: String,
        canonical: @escaping @Sendable (String) -> String? = { _ in nil },
        repair: @escaping @Sendable (String) -> TextRepair? = { _ in nil }
    ) -> FieldType {
        FieldType({ _ in .text(pattern) }) { node, name, context in
            guard case .scalar(let text, _) = node.content, node.type == .string else {
                context.wrongType(node, name, expected, fixes: TextRepair.fixes(node, repair))
                return nil
            }
            guard text.utf8.count <= 16384, let value = Value(text) else {
                // A private key put in the place of a public one is still private.
                let found = problem == .badKey ? text.hidden : "not `\(text.shortened)`"
                context.report(
                    problem, at: node.span, "`\(name)` must be \(expected), \(found)",
                    fixes: TextRepair.fixes(node, repair))
                return nil
            }
            if let canonical = canonical(text), canonical != text {
                context.remark(
                    .nonCanonicalText, at: node.span,
                    "`\(text.shortened)` is `\(canonical)` in canonical form",
                    fixes: Fix.write(canonical, at: node.span, .safe))
            }
            return value
        }
    }
}

extension FieldType where Value == IPAddress {
    static let address = text(
        .badAddress, "an address like 10.0.0.1 or fd64::1", TextPattern.address,
        canonical: CanonicalText.address,
        repair: TextRepair.address)
}

extension FieldType where Value == IPPrefix {
    static let prefix = text(
        .badAddress, "a prefix like 10.0.0.0/24 or fd64::/64", TextPattern.prefix,
        canonical: CanonicalText.prefix,
        repair: TextRepair.prefix)
}

extension FieldType where Value == AddressRange {
    static let range = text(
        .badAddress, "a range like 10.0.0.3-10.0.0.7, a prefix like 10.0.0.8/29 or an address",
        TextPattern.range,
        canonical: CanonicalText.range, repair: TextRepair.range)
}

extension FieldType where Value == NodePublicKey {
    static let publicKey = text(
        .badKey, "32 bytes in base64, as `wg pubkey` prints them", TextPattern.publicKey)
}

extension FieldType where Value == SSHPublicKey {
    static let sshKey = text(
        .badKey, "an SSH public key like `ssh-ed25519 AAAA... name`", TextPattern.sshKey)
}

extension FieldType where Value == TokenKey {
    static let tokenKey = text(
        .badKey, "an Ed25519 public key in PASERK form, `k4.public.` and 43 letters",
        TextPattern.tokenKey)
}

extension FieldType where Value == Timestamp {
    static let timestamp = text(
        .badTime, "an instant like 2027-06-30T00:00:00Z", TextPattern.timestamp,
        canonical: CanonicalText.timestamp, repair: TextRepair.timestamp)
}

extension FieldType where Value == PortMatch {
    static let port = text(
        .badPort, "`icmp`, or tcp or udp with ports from 1 to 65535 like tcp/443 or udp/8000-8100",
        TextPattern.port,
        canonical: CanonicalText.port, repair: TextRepair.port)
}

extension FieldType where Value == NodeEndpoint {
    static let endpoint = text(
        .badPort, "an address or host name with a port, like 203.0.113.7:51820", TextPattern.endpoint,
        canonical: CanonicalText.endpoint, repair: TextRepair.endpoint)
}

extension FieldType where Value == NodeEndpoint.Host {
    static let host = text(
        .badAddress, "an address or host name, like 203.0.113.7 or vpn.example.org", TextPattern.host)
}

extension FieldType where Value == IKEIdentity {
    static let identity = text(
        .badName,
        "what a device calls itself: a host name, an address, an e-mail address, a URI or a "
            + "distinguished name like `C=DE, CN=branch`", TextPattern.identity)
}

extension FieldType where Value == SealedText {
    static let sealed = text(.badKey, "a sealed value in base64, as `cvlan seal` makes it", TextPattern.sealed)
}

extension FieldType where Value == Duration {
    static let duration = {
        let text = FieldType<DurationText>.text(
            .badTime, "a duration like 25s or 1m30s", TextPattern.duration, repair: TextRepair.duration)
        return FieldType(text.schema) { text.read($0, $1, $2)?.duration }
    }()
}

extension String {
    fileprivate var hidden: String {
        let count = unicodeScalars.count
        return "not the \(count) character\(count == 1 ? "" : "s") here (hidden: it could be a secret)"
    }
}
