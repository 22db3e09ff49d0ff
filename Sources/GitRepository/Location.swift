/// Where a repository lives: a directory of this machine, used in place, or a server, of which a bare mirror is kept.
package enum Location: Hashable, Sendable {
    /// An absolute or relative path; `file://` URLs are local.
    case local(path: String)
    case remote(RemoteURL)

    /// A path, `file://PATH`, `https://HOST[:PORT]/PATH`, `ssh://[USER@]HOST[:PORT]/PATH` or `[USER@]HOST:PATH`.
    package init(_ text: String) throws(GitError) {
        let file = "file://"
        if text.hasPrefix(file) {
            let path = text.dropFirst(file.count)
            guard path.first == "/" else {
                throw GitError(.invalid, "'\(text)' names another host; write file:///PATH for a local repository")
            }
            guard let decoded = Self.percentDecoded(path) else {
                throw GitError(.invalid, "'\(text)' has an invalid percent escape")
            }
            self = .local(path: decoded)
        } else if let remote = try RemoteURL(text) {
            self = .remote(remote)
        } else if text.prefix(while: { $0 != "/" }).contains("::") {
            // What the git program would run as a remote helper.
            throw GitError(.invalid, "'\(text)' is no repository; for a path with two colons write file:///PATH")
        } else {
            guard !text.isEmpty, !text.utf8.contains(0) else { throw GitError(.invalid, "the repository has no path") }
            self = .local(path: text)
        }
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2,
                value != 0
            else { return nil }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Location: CustomStringConvertible {
    package var description: String {
        switch self {
        case .local(let path): path
        case .remote(let remote): remote.description
        }
    }
}
