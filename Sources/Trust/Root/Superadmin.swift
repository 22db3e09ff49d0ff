extension RootDocument {
    /// A person who may change whatever the repository declares.
    package struct Superadmin: Hashable, Sendable {
        /// As audits call them.
        package var name: String
        /// Lines of `authorized_keys`. Their form is checked here; whether each is a key, where commits are judged.
        package var keys: [String]

        package init(name: String, keys: [String]) {
            self.name = name
            self.keys = keys
        }
    }

    /// What becomes of commits whose signer has no role for what they change.
    package enum AuthorizationMode: String, Sendable, Hashable, CaseIterable {
        /// Nobody asks who signed.
        case off
        /// What would be refused is told, and published.
        case warn
        /// What is refused is not published.
        case enforce
    }
}

extension RootDocument.Superadmin {
    static let maximumCount = 64
    static let maximumKeys = 16
    static let maximumKeyByteCount = 16 << 10
    static let maximumNameByteCount = 128

    /// Whether these people can be told apart, by their names and by their keys; each has at least one key.
    static func check(_ superadmins: [Self]) throws(RootError) {
        guard superadmins.count <= maximumCount else {
            throw RootError(.malformed, "\(superadmins.count) superadmins; \(maximumCount) are allowed")
        }
        var names: Set<String> = []
        var owners: [Substring: String] = [:]
        for person in superadmins {
            guard isLine(person.name, maximumNameByteCount) else {
                throw RootError(.malformed, "a superadmin's name is empty, too long or not one line")
            }
            guard names.insert(person.name).inserted else {
                throw RootError(.malformed, "superadmin '\(person.name)' twice")
            }
            guard (1...maximumKeys).contains(person.keys.count) else {
                throw RootError(
                    .malformed,
                    "superadmin '\(person.name)' has \(person.keys.count) keys; 1 to \(maximumKeys) are allowed")
            }
            for key in person.keys {
                let words = key.split(separator: " ", maxSplits: 2)
                guard isLine(key, maximumKeyByteCount), words.count >= 2 else {
                    throw RootError(.malformed, "a key of superadmin '\(person.name)' is no line of authorized_keys")
                }
                if let owner = owners.updateValue(person.name, forKey: words[1]) {
                    throw RootError(.malformed, "'\(owner)' and '\(person.name)' are superadmins with the same key")
                }
            }
        }
    }

    /// Printable text of one line with something in it.
    private static func isLine(_ text: String, _ limit: Int) -> Bool {
        text.utf8.count <= limit && text.contains { $0 != " " }
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }
}
