internal import ArgumentParser
internal import Foundation
internal import GitRepository
internal import SSHSignatures
internal import Trust

/// With which key somebody approves: the one that they sign commits with, unless they say another.
struct ApprovalKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An SSH key: its file, or the .pub of one that the agent has. Left out: git config user.signingkey.",
            valueName: "file"), completion: .file())
    var key: String?

    @Flag(help: "Sign through the SSH agent at SSH_AUTH_SOCK, though the key is also in a file.")
    var agent = false

    func signer(_ repository: Repository) async throws -> any SSHSigner {
        if let key { return try signer(atPath: key) }
        let configured = try await repository.configuration("user.signingkey")
        let format = try await repository.configuration("gpg.format")
        guard let configured, format == "ssh" else {
            if agent { return try onlyKeyOfAgent() }
            throw ValidationError(
                "git is not set up to sign with an SSH key here: say --key FILE, or --agent, or see to `git config "
                    + "gpg.format ssh` and `git config user.signingkey FILE`")
        }
        let literal = configured.hasPrefix("key::") ? String(configured.dropFirst(5)) : configured
        if let line = try? SSHKeyLine(literal) { return try signer(inAgent: line.key) }
        return try signer(atPath: (configured as NSString).expandingTildeInPath)
    }

    private func signer(atPath path: String) throws -> any SSHSigner {
        let file = KeyFile(path)
        if let line = publicKey(path) {
            guard !agent, path.hasSuffix(".pub"), KeyFile(String(path.dropLast(4))).exists else {
                return try signer(inAgent: line.key)
            }
            return try signer(atPath: String(path.dropLast(4)))
        }
        if agent, let line = publicKey(path + ".pub") { return try signer(inAgent: line.key) }
        do {
            return try SSHPrivateKey(try file.read())
        } catch let refusal as SSHPrivateKey.Refusal {
            if let line = publicKey(path + ".pub"), let signer = try? signer(inAgent: line.key) { return signer }
            throw ValidationError("\(path): \(refusal)")
        }
    }

    private func publicKey(_ path: String) -> SSHKeyLine? {
        guard let file = FileHandle(forReadingAtPath: path),
            let bytes = try? file.read(upToCount: SSHKeyLine.maximumByteCount)
        else { return nil }
        return try? SSHKeyLine(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines))
    }

    private func signer(inAgent key: SSHKey) throws -> any SSHSigner {
        let agent = try SSHAgent.ofEnvironment()
        return SSHAgentSigner(agent: agent, key: try agent.identity(fingerprint: key.fingerprint).key)
    }

    private func onlyKeyOfAgent() throws -> any SSHSigner {
        let agent = try SSHAgent.ofEnvironment()
        let identities = try agent.identities()
        guard identities.count == 1, let identity = identities.first else {
            throw ValidationError("the agent has \(identities.count) keys: say with --key FILE.pub which one")
        }
        return SSHAgentSigner(agent: agent, key: identity.key)
    }
}
