package import PKCS11

/// Where a signing key is. A key file holds the key, or a line that says where else it is.
package enum KeyLocation: Sendable, Hashable {
    /// The key itself, PASERK `k4.secret`.
    case plain
    /// The key, encrypted by a passphrase: PASERK `k4.secret-pw`.
    case encrypted
    /// `ssh-agent:SHA256:…`, in the agent that `SSH_AUTH_SOCK` names.
    case agent(fingerprint: String)
    /// `pkcs11:…` (RFC 7512).
    case token(PKCS11URI)

    static let agentScheme = "ssh-agent:"

    /// Of the line in a key file.
    init?(line: String) throws {
        if line.hasPrefix("k4.secret.") {
            self = .plain
        } else if line.hasPrefix(PASERK.wrappedHeader) {
            self = .encrypted
        } else if line.hasPrefix(PKCS11URI.scheme) {
            self = .token(try PKCS11URI(parsing: line))
        } else if line.hasPrefix(Self.agentScheme + "SHA256:"), line.utf8.count < 128 {
            self = .agent(fingerprint: String(line.dropFirst(Self.agentScheme.count)))
        } else {
            return nil
        }
    }
}

extension KeyLocation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .plain: "file"
        case .encrypted: "file, with a passphrase"
        case .agent(let fingerprint): Self.agentScheme + fingerprint
        case .token(let uri): "\(uri)"
        }
    }
}
