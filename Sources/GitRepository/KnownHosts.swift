internal import Crypto
internal import FoundationEssentials

/// The host keys of OpenSSH's `known_hosts` format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): plain names with `*` and `?`,
/// negation, `[HOST]:PORT`, hashed names, `@revoked`. `@cert-authority` lines are ignored.
struct KnownHosts {
    enum Verdict: Equatable {
        case known
        /// No key of this host is listed.
        case unknown
        /// Keys of this host are listed, but none is this one.
        case different
        case revoked
    }

    private struct Line {
        let revoked: Bool
        let patterns: [Substring]
        let key: Data
    }

    private let lines: [Line]

    init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline).compactMap { line in
            var fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = fields.first, first.first != "#" else { return nil }
            if first.first == "@" {
                guard first == "@revoked" else { return nil }
                fields.removeFirst()
            }
            guard fields.count >= 3, let key = Data(base64Encoded: String(fields[2])) else { return nil }
            return Line(revoked: first == "@revoked", patterns: fields[0].split(separator: ","), key: key)
        }
    }

    func check(host: String, port: Int, key: [UInt8]) -> Verdict {
        let name = Self.name(host: host, port: port)
        let mine = lines.filter { Self.matches($0.patterns, name) }
        if mine.contains(where: { $0.revoked && $0.key.elementsEqual(key) }) { return .revoked }
        if mine.contains(where: { !$0.revoked && $0.key.elementsEqual(key) }) { return .known }
        return mine.contains { !$0.revoked } ? .different : .unknown
    }

    /// `HOST`, or `[HOST]:PORT` for another port than 22.
    static func name(host: String, port: Int) -> String {
        port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    }

    /// The line that would make a key known.
    static func line(host: String, port: Int, key: [UInt8]) -> String {
        "\(name(host: host, port: port)) \(keyType(key)) \(Data(key).base64EncodedString())"
    }

    /// As `ssh-keygen -l` prints it.
    static func fingerprint(_ key: [UInt8]) -> String {
        "SHA256:" + Data(SHA256.hash(data: key)).base64EncodedString().prefix { $0 != "=" }
    }

    /// The key's first field, which is its type: a 4-byte big-endian length, then text (RFC 4253 §6.6).
    static func keyType(_ key: [UInt8]) -> String {
        let length = key.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard key.count >= 4, length <= min(64, key.count - 4) else { return "unknown" }
        return String(decoding: key[4..<(4 + length)], as: UTF8.self)
    }

    private static func matches(_ patterns: [Substring], _ name: String) -> Bool {
        var found = false
        for pattern in patterns {
            if pattern.hasPrefix("|1|") {
                found = found || matchesHash(pattern, name)
            } else if pattern.first == "!" {
                if glob(Array(pattern.dropFirst().lowercased().utf8)[...], Array(name.utf8)[...]) { return false }
            } else {
                found = found || glob(Array(pattern.lowercased().utf8)[...], Array(name.utf8)[...])
            }
        }
        return found
    }

    /// `|1|SALT|HASH`: HMAC-SHA1 of the name, keyed with the salt.
    private static func matchesHash(_ pattern: Substring, _ name: String) -> Bool {
        let parts = pattern.split(separator: "|")
        guard parts.count == 3, let salt = Data(base64Encoded: String(parts[1])),
            let hash = Data(base64Encoded: String(parts[2]))
        else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            hash, authenticating: Data(name.utf8), using: SymmetricKey(data: salt))
    }

    /// `*` and `?`, in time linear in the product of the lengths.
    private static func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var (pattern, text) = (pattern, text)
        var retry: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while let next = text.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (pattern, text)
            } else if let wanted = pattern.first, wanted == next || wanted == UInt8(ascii: "?") {
                pattern = pattern.dropFirst()
                text = text.dropFirst()
            } else if let last = retry {
                (pattern, text) = (last.pattern, last.text.dropFirst())
                retry = (pattern, text)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
