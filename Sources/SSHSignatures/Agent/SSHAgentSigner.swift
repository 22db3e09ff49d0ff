package import Sodium

/// A key that an agent has, of any kind.
package struct SSHAgentSigner: SSHSigner, Sendable {
    package let agent: SSHAgent
    package let key: SSHKey

    package init(agent: SSHAgent, key: SSHKey) {
        self.agent = agent
        self.key = key
    }

    package func sign(_ data: [UInt8]) throws -> [UInt8] { try agent.sign(data, with: key) }
}

/// An Ed25519 key that an agent has.
package struct SSHAgentKey: Ed25519.SigningKey {
    package let publicKey: Ed25519.PublicKey
    private let signer: SSHAgentSigner

    /// - Parameter fingerprint: `SHA256:…`, as `ssh-add -l` shows it.
    package init(_ fingerprint: String, in agent: SSHAgent) throws(SSHAgentError) {
        let key = try agent.identity(fingerprint: fingerprint).key
        guard case .ed25519(let publicKey) = key.material, !key.algorithm.isSecurityKey else {
            throw SSHAgentError(
                .noSuchKey, "\(fingerprint) is a key of the kind \(key.algorithm.rawValue), not ssh-ed25519")
        }
        self.publicKey = publicKey
        signer = SSHAgentSigner(agent: agent, key: key)
    }

    /// What does not verify is not handed on: it would be found out only where it is needed.
    package func sign(_ message: [UInt8]) throws -> [UInt8] {
        var inner = SSHReader(try signer.sign(message))
        guard inner.text() == SSHKeyAlgorithm.ed25519.rawValue, let signature = inner.string(), inner.isAtEnd,
            publicKey.isValid(signature, for: message)
        else {
            throw SSHAgentError(.badSignature, "\(signer.agent.path): what the agent signed does not verify")
        }
        return signature
    }
}
