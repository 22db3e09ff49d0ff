/// The address of a repository on a server. It never holds a password: those come from files (`Credentials`).
package struct RemoteURL: Hashable, Sendable {
    package enum Scheme: String, Sendable {
        case https
        case ssh
    }

    package let scheme: Scheme
    package let user: String?
    /// A name or an address; IPv6 without brackets.
    package let host: String
    package let port: Int
    /// Absolute, or without a leading slash: relative to the user's directory on the server (`HOST:PATH` only).
    package let path: String

    /// `nil` when the text is no remote address but a path. Throws for schemes other than `https` and `ssh`, for
    /// passwords in the URL, and for what does not parse.
    package init?(_ text: String) throws(GitError) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            if text.contains("://") {
                throw GitError(.invalid, "the repository's URL has blanks or non-ASCII characters")
            }
            return nil
        }
        guard let marker = text.firstRange(of: "://") else {
            guard let remote = try RemoteURL(scpLike: text) else { return nil }
            self = remote
            return
        }
        guard let scheme = Scheme(rawValue: text[..<marker.lowerBound].lowercased()) else {
            let name = text[..<marker.lowerBound]
            throw GitError(
                .invalid,
                "a repository on '\(name)://' is not supported; use https://, ssh://, HOST:PATH or a path")
        }
        let rest = text[marker.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (user, hostPort) = try Self.splitUser(rest[..<slash])
        let (host, port) = try Self.splitPort(hostPort)
        try self.init(scheme, user: user, host: host, port: port ?? scheme.defaultPort, path: String(rest[slash...]))
    }

    /// `[USER@]HOST:PATH`, where HOST has no slash; what git takes as scp-like.
    private init?(scpLike text: String) throws(GitError) {
        let bracket = text.firstIndex(of: "]").map { text.index(after: $0) } ?? text.startIndex
        guard let colon = text[bracket...].firstIndex(of: ":"), !text[..<colon].contains("/") else { return nil }
        let (user, hostPort) = try Self.splitUser(text[..<colon])
        let (host, _) = try Self.splitPort(hostPort)
        let path = text[text.index(after: colon)...]
        guard !path.isEmpty else { throw GitError(.invalid, "'\(text)' has no path after the colon") }
        try self.init(.ssh, user: user, host: host, port: Scheme.ssh.defaultPort, path: String(path))
    }

    private init(_ scheme: Scheme, user: String?, host: String, port: Int, path: String) throws(GitError) {
        let hostCharacters = host.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || [0x2D, 0x2E, 0x3A, 0x5F].contains($0)
        }
        guard !host.isEmpty, hostCharacters, host.first != "-" else {
            throw GitError(.invalid, "'\(host)' is not a host name")
        }
        guard path != "/", !path.isEmpty else {
            throw GitError(.invalid, "the URL of the repository on \(host) has no path")
        }
        guard user?.first != "-", user?.isEmpty != true else { throw GitError(.invalid, "the URL has a bad user name") }
        (self.scheme, self.user, self.host, self.port, self.path) = (scheme, user, host, port, path)
    }

    private static func splitUser(_ authority: Substring) throws(GitError) -> (String?, Substring) {
        guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
        let user = authority[..<at]
        guard !user.contains(":") else {
            throw GitError(
                .invalid, "the repository's URL holds a password; put it in a file and name that file instead")
        }
        return (String(user), authority[authority.index(after: at)...])
    }

    private static func splitPort(_ text: Substring) throws(GitError) -> (host: String, port: Int?) {
        var host = text
        var rest = text[text.endIndex...]
        if text.first == "[", let close = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<close]
            rest = text[text.index(after: close)...]
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65535).contains(port) else {
            throw GitError(.invalid, "'\(text)' has a bad port")
        }
        return (String(host), port)
    }
}

extension RemoteURL.Scheme {
    var defaultPort: Int { self == .https ? 443 : 22 }
}

extension RemoteURL: CustomStringConvertible {
    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        guard path.first == "/" else { return (user ?? "git") + "@" + name + ":" + path }
        let suffix = port == scheme.defaultPort ? "" : ":\(port)"
        return "\(scheme)://" + (user.map { $0 + "@" } ?? "") + name + suffix + path
    }
}
