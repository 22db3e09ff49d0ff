internal import GitRepository
internal import OverlayNetwork
internal import Trust

extension ControllerConfiguration {
    /// Reads `controller.yaml`: one `key: value` a line, comments from `#` on. What it does not know is an error.
    package init(parsing text: String, file: String = "controller.yaml") throws(ConfigurationError) {
        var fields = try Fields(text, file)
        self.init(
            repository: try fields.take("repository"),
            url: try fields.take("url", "https://HOST:PORT"),
            listen: try fields.take("listen", "HOST:PORT"),
            trustDomain: try fields.take("trustDomain", "a DNS name"))
        branch = try fields.take("branch", or: branch)
        stateBranch = try fields.take("stateBranch", or: stateBranch)
        if let interval = fields.takeIfPresent("pollInterval") {
            guard let duration = Duration(interval: interval.text) else {
                throw fields.error(interval.line, "pollInterval is not a time like 10s or 500ms")
            }
            pollInterval = duration
        }
        if let percent = fields.takeIfPresent("pruneLimitPercent") {
            guard let limit = Int(percent.text).flatMap(PruneLimit.init(percent:)) else {
                throw fields.error(percent.line, "pruneLimitPercent is not a whole number from 0 to 100")
            }
            pruneLimit = limit
        }
        hookSecretFile = fields.takeIfPresent("hookSecretFile")?.text
        managementTokenFile = fields.takeIfPresent("managementTokenFile")?.text
        credentials.httpsTokenFile = fields.takeIfPresent("httpsTokenFile")?.text
        credentials.caFile = fields.takeIfPresent("caFile")?.text
        credentials.sshKeyFile = fields.takeIfPresent("sshKeyFile")?.text
        credentials.sshPassphraseFile = fields.takeIfPresent("sshPassphraseFile")?.text
        credentials.knownHostsFile = fields.takeIfPresent("knownHostsFile")?.text
        try fields.finish()
        guard branch != stateBranch else {
            throw ConfigurationError("\(file): branch and stateBranch are the same")
        }
    }

    /// What `init(parsing:)` reads back as an equal value.
    package var text: String {
        var lines = [
            "# Made by `cvlan controller init`.",
            "repository: \(Self.quoted(repository))",
            "branch: \(Self.quoted(branch))",
            "stateBranch: \(Self.quoted(stateBranch))",
            "# How often a remote repository is asked; a hook on POST /v1/hooks/git makes it immediate.",
            "pollInterval: \(pollInterval.intervalText)",
            "# A commit that deletes a tenant, a network, or more than this share of a network's nodes waits for a commit",
            "# with the trailer `Allow-Prune: TENANT` or `TENANT/CVLAN`.",
            "pruneLimitPercent: \(pruneLimit.percent)",
            "# Where agents reach the controller, and where it listens.",
            "url: \(Self.quoted(url.description))",
            "listen: \(Self.quoted(listen.description))",
            "trustDomain: \(trustDomain)",
        ]
        let files = [
            ("managementTokenFile", managementTokenFile), ("hookSecretFile", hookSecretFile),
            ("httpsTokenFile", credentials.httpsTokenFile),
            ("caFile", credentials.caFile), ("sshKeyFile", credentials.sshKeyFile),
            ("sshPassphraseFile", credentials.sshPassphraseFile), ("knownHostsFile", credentials.knownHostsFile),
        ]
        lines += files.compactMap { name, value in value.map { "\(name): \(Self.quoted($0))" } }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (97...122).contains(byte | 0x20)
                || "-_./".utf8.contains(byte)
        }
        if isPlain, !text.isEmpty { return text }
        return "\"" + text.map { "\"\\".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "\""
    }
}

extension ControllerConfiguration {
    struct Value {
        let text: String
        let line: Int
    }

    struct Fields {
        let file: String
        private var values: [String: Value] = [:]

        init(_ text: String, _ file: String) throws(ConfigurationError) {
            self.file = file
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let content = line.trimmed
                guard !content.isEmpty, !content.hasPrefix("#") else { continue }
                guard let colon = content.firstIndex(of: ":") else {
                    throw error(index + 1, "not of the form `key: value`")
                }
                let key = String(content[..<colon].trimmed)
                guard let value = Self.unquoted(content[content.index(after: colon)...].trimmed) else {
                    throw error(index + 1, "\(key) has no plain or quoted value")
                }
                guard values[key] == nil else { throw error(index + 1, "\(key) is there twice") }
                values[key] = Value(text: value, line: index + 1)
            }
        }

        mutating func takeIfPresent(_ key: String) -> Value? { values.removeValue(forKey: key) }

        mutating func take(_ key: String, or other: String? = nil) throws(ConfigurationError) -> String {
            if let value = takeIfPresent(key) { return value.text }
            guard let other else { throw ConfigurationError("\(file): \(key) is missing") }
            return other
        }

        mutating func take<T: LosslessStringConvertible>(_ key: String, _ form: String) throws(ConfigurationError) -> T
        {
            guard let value = takeIfPresent(key) else { throw ConfigurationError("\(file): \(key) is missing") }
            guard let parsed = T(value.text) else { throw error(value.line, "\(key) is not \(form)") }
            return parsed
        }

        func finish() throws(ConfigurationError) {
            guard let (key, value) = values.min(by: { $0.value.line < $1.value.line }) else { return }
            throw error(value.line, "unknown setting '\(key)'")
        }

        func error(_ line: Int, _ message: String) -> ConfigurationError {
            ConfigurationError("\(file):\(line): \(message)")
        }

        /// A plain word up to a comment, or a quoted string with `\"` and `\\`.
        private static func unquoted(_ text: Substring) -> String? {
            guard text.first == "\"" else {
                let plain = text.prefix { $0 != "#" }.trimmed
                return plain.isEmpty ? nil : String(plain)
            }
            var result = ""
            var rest = text.dropFirst()
            while let character = rest.popFirst() {
                if character == "\"" {
                    let tail = rest.trimmed
                    return tail.isEmpty || tail.hasPrefix("#") ? result : nil
                }
                guard character == "\\" else {
                    result.append(character)
                    continue
                }
                guard let escaped = rest.popFirst() else { return nil }
                result.append(escaped)
            }
            return nil
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let front = drop(while: \.isWhitespace)
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return front[front.endIndex...] }
        return front[...last]
    }
}

extension Duration {
    /// `10s`, `500ms`, `2m`; at least 100 ms.
    fileprivate init?(interval text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000 else { return nil }
        switch text[digits.endIndex...] {
        case "ms": self = .milliseconds(number)
        case "s": self = .seconds(number)
        case "m": self = .seconds(number * 60)
        default: return nil
        }
        guard self >= .milliseconds(100) else { return nil }
    }

    fileprivate var intervalText: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
    }
}
