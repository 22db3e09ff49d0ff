internal import SSHSignatures
package import Trust

/// `NAME=FILE`: a superadmin, and the file with the person's SSH public keys as `ssh-keygen` writes it.
package struct SuperadminArgument: Sendable {
    package let name: String
    package let file: String

    package init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        name = String(parts[0])
        file = String(parts[1])
    }

    /// Reads the file: a key a line, blank lines and comments aside.
    package func read() throws -> RootDocument.Superadmin {
        let text = String(decoding: try DurableFile.read(file), as: UTF8.self)
        var keys: [String] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
            do throws(SSHKeyRefusal) {
                keys.append("\(try SSHKeyLine(line))")
            } catch {
                throw ConfigurationError("\(file):\(index + 1): not an SSH public key that signs: \(error)")
            }
        }
        guard !keys.isEmpty else { throw ConfigurationError("\(file): has no SSH public key") }
        return RootDocument.Superadmin(name: name, keys: keys)
    }
}

extension ControllerKeys.Authority {
    /// - Parameter authorization: default: `enforce` where somebody could repair what it refuses, else `off`.
    package init(
        superadmins: [SuperadminArgument], authorization: RootDocument.AuthorizationMode? = nil
    ) throws {
        self.init()
        self.superadmins = try superadmins.map { try $0.read() }
        self.authorization = authorization ?? (superadmins.isEmpty ? .off : .enforce)
        guard self.authorization != .enforce || !superadmins.isEmpty else {
            throw ConfigurationError(
                "authorization `enforce` needs a superadmin, who can repair roles: --superadmin NAME=FILE.pub")
        }
    }
}
