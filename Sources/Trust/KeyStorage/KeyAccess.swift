internal import PKCS11
package import SSHSignatures
package import Sodium

/// What opens keys that are not simply there: passphrases, PINs and an agent.
package struct KeyAccess: Sendable {
    package var passphrase: PassphraseSource
    /// `nil`: the one that `SSH_AUTH_SOCK` names, once it is needed.
    package var agent: SSHAgent?

    package init(passphrase: PassphraseSource = .ofEnvironment, agent: SSHAgent? = nil) {
        self.passphrase = passphrase
        self.agent = agent
    }

    /// The signing key of a key file, wherever it really is.
    package func open(_ file: KeyFile) throws -> any Ed25519.SigningKey {
        do {
            switch try file.location() {
            case .plain: return try file.readEd25519()
            case .encrypted:
                return try PASERK.unwrap(try file.line(), passphrase: try passphrase.read(for: file.path))
            case .agent(let fingerprint):
                return try SSHAgentKey(fingerprint, in: try agent ?? SSHAgent.ofEnvironment())
            case .token(let uri):
                return try PKCS11Key(uri, pin: try (uri.pinFile.map { .file($0) } ?? passphrase).read(for: file.path))
            }
        } catch let error as KeyFileError {
            throw error
        } catch PassphraseError.wrongPassphrase {
            throw KeyFileError(.wrongPassphrase, file.path, "\(PassphraseError.wrongPassphrase)")
        } catch {
            throw KeyFileError(.unavailable, file.path, "\(error)")
        }
    }
}

extension KeyFile {
    /// Where a key waits until a root document names it; it then comes in place of this file. The name says which key it is,
    /// so that nothing has to be opened that the root in force does not name.
    func waiting(_ id: KeyID) -> KeyFile { KeyFile("\(path).\(id)\(Self.waitingSuffix)") }

    static let waitingSuffix = ".next"

    /// Where the signing key of this file is.
    package func location() throws -> KeyLocation {
        let line = try line()
        do {
            if let location = try KeyLocation(line: line) { return location }
        } catch {
            throw KeyFileError(.malformed, path, "\(error)")
        }
        throw KeyFileError(
            .malformed, path, "neither a k4.secret or k4.secret-pw key, nor an ssh-agent:SHA256:… or pkcs11:… reference"
        )
    }

    /// A reference to a key that is elsewhere.
    package func write(reference: String) throws {
        guard let location = try KeyLocation(line: reference), location != .plain, location != .encrypted else {
            throw KeyFileError(.malformed, path, "'\(reference)' is neither ssh-agent:SHA256:… nor pkcs11:…")
        }
        try write(SecretBytes(copying: Array("\(location)\n".utf8)))
    }

    /// PASERK `k4.secret-pw`.
    package func write(
        _ key: Ed25519.PrivateKey, passphrase: SecretBytes, cost: PASERK.Cost = .standard
    ) throws {
        try write(try PASERK.wrap(key, passphrase: passphrase, cost: cost))
    }
}
