internal import Addressing

extension FieldType where Value == String {
    static let string = FieldType { node, name, context in
        guard case .scalar(let text, _) = node.content, node.type == .string else {
            context.wrongType(node, name, ValueType.string.rawValue)
            return nil
        }
        return text
    }

    /// A DNS label.
    static let label = name(
        DomainName.isLabel, "must be 1 to 63 of a-z, 0-9 and -, and begin and end with a letter or digit")

    /// A DNS domain of one or more labels.
    static let domain = name(
        DomainName.isDomain, "must be labels of a-z, 0-9 and - joined by dots, with no dot at the end")

    private static func name(_ isName: @escaping @Sendable (String) -> Bool, _ rule: String) -> FieldType {
        FieldType { node, name, context in
            guard let text = string.read(node, name, context) else { return nil }
            guard isName(text) else {
                let hint = isName(text.lowercased()) ? ": write `\(text.lowercased())`" : ""
                context.report(.badName, at: node.span, "`\(name)` \(rule), not `\(text.shortened)`\(hint)")
                return nil
            }
            return text
        }
    }
}

extension FieldType where Value == Int {
    static let integer = FieldType { node, name, context in
        guard case .scalar(let text, isPlain: true) = node.content, node.type == .integer else {
            context.wrongType(node, name, "a number")
            return nil
        }
        guard let value = CoreSchema.integer(text) else {
            context.report(.badValue, at: node.span, "`\(name)` is too large a number")
            return nil
        }
        return value
    }
}

extension FieldType where Value == Bool {
    /// A field that is there to be true: the opposite is leaving it out.
    static let onlyTrue = FieldType { node, name, context in
        guard case .scalar(let text, isPlain: true) = node.content, let value = CoreSchema.boolean(text) else {
            context.wrongType(node, name, "true")
            return nil
        }
        guard value else {
            context.report(.badValue, at: node.span, "`\(name)` can only be true")
            return nil
        }
        return value
    }
}

extension FieldType where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static var choice: FieldType {
        FieldType { node, name, context in
            guard let text = FieldType<String>.string.read(node, name, context) else { return nil }
            if let value = Value(rawValue: text) { return value }
            let words = Value.allCases.map(\.rawValue)
            let hint = Spelling.nearest(to: text, among: words).map { ": did you mean `\($0)`?" } ?? ""
            let list = words.map { "`\($0)`" }.joined(separator: ", ")
            context.report(
                .badChoice, at: node.span, "`\(name)` must be one of \(list), not `\(text.shortened)`\(hint)")
            return nil
        }
    }
}

extension FieldType where Value: LosslessStringConvertible & Sendable {
    /// A string with a form of its own, as `expected` tells it: "an address like 10.0.0.1".
    static func text(_ problem: ManifestProblem.Kind, _ expected: String) -> FieldType {
        FieldType { node, name, context in
            guard case .scalar(let text, _) = node.content, node.type == .string else {
                context.wrongType(node, name, expected)
                return nil
            }
            guard text.utf8.count <= 16384, let value = Value(text) else {
                context.report(problem, at: node.span, "`\(name)` must be \(expected), not `\(text.shortened)`")
                return nil
            }
            return value
        }
    }
}

extension FieldType where Value == IPAddress {
    static let address = text(.badAddress, "an address like 10.0.0.1 or fd64::1")
}

extension FieldType where Value == IPPrefix {
    static let prefix = text(.badAddress, "a prefix like 10.0.0.0/24 or fd64::/64")
}

extension FieldType where Value == AddressRange {
    static let range = text(.badAddress, "a range like 10.0.0.3-10.0.0.7, a prefix like 10.0.0.8/29 or an address")
}

extension FieldType where Value == NodePublicKey {
    static let publicKey = text(.badKey, "32 bytes in base64, as `wg pubkey` prints them")
}

extension FieldType where Value == SSHPublicKey {
    static let sshKey = text(.badKey, "an SSH public key like `ssh-ed25519 AAAA... name`")
}

extension FieldType where Value == TokenKey {
    static let tokenKey = text(.badKey, "an Ed25519 public key in PASERK form, `k4.public.` and 43 letters")
}

extension FieldType where Value == Timestamp {
    static let timestamp = text(.badTime, "an instant like 2027-06-30T00:00:00Z")
}

extension FieldType where Value == PortMatch {
    static let port = text(.badPort, "`icmp`, or tcp or udp with ports from 1 to 65535 like tcp/443 or udp/8000-8100")
}

extension FieldType where Value == NodeEndpoint {
    static let endpoint = text(.badPort, "an address or host name with a port, like 203.0.113.7:51820")
}

extension FieldType where Value == Duration {
    static let duration = FieldType { node, name, context in
        FieldType<DurationText>.text(.badTime, "a duration like 25s or 1m30s").read(node, name, context)?.duration
    }
}
