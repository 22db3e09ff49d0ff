internal import Glibc

/// An SSH agent, by its Unix socket: it has keys and signs with them, and never gives one away (draft-ietf-sshm-ssh-agent).
///
/// Each request has a connection of its own and a deadline; what the agent answers is bounded, and believed only as far as it
/// can be checked.
package struct SSHAgent: Sendable, Hashable {
    /// Of the socket.
    package let path: String
    /// How long a request may take: somebody may have to confirm it, or touch a token.
    package let patience: Duration

    package init(path: String, patience: Duration = .seconds(60)) {
        self.path = path
        self.patience = patience
    }

    /// The one that `SSH_AUTH_SOCK` names.
    package static func ofEnvironment() throws(SSHAgentError) -> SSHAgent {
        guard let path = getenv("SSH_AUTH_SOCK").map({ String(cString: $0) }), !path.isEmpty else {
            throw SSHAgentError(.unreachable, "SSH_AUTH_SOCK names no agent: start one with `eval $(ssh-agent)`")
        }
        return SSHAgent(path: path)
    }

    package struct Identity: Sendable, Hashable {
        package let key: SSHKey
        package let comment: String
    }

    /// The keys that it would sign with, of the kinds that can be verified here.
    package func identities() throws(SSHAgentError) -> [Identity] {
        var reply = SSHReader(try ask([Message.requestIdentities], expecting: Message.identities))
        guard let count = reply.uint32(), count <= Self.maximumIdentities else {
            throw SSHAgentError(.malformed, "\(path): the agent's list of keys is none, or too long")
        }
        var identities: [Identity] = []
        for _ in 0..<count {
            guard let blob = reply.string(), let comment = reply.string() else {
                throw SSHAgentError(.malformed, "\(path): the agent's list of keys ends early")
            }
            guard let key = try? SSHKey(blob: blob) else { continue }
            identities.append(Identity(key: key, comment: String(decoding: comment.prefix(256), as: UTF8.self)))
        }
        return identities
    }

    /// The key of a fingerprint as `ssh-add -l` shows it, `SHA256:…`.
    package func identity(fingerprint: String) throws(SSHAgentError) -> Identity {
        let identities = try identities()
        guard let identity = identities.first(where: { $0.key.fingerprint == fingerprint }) else {
            let others = identities.isEmpty ? "none" : identities.map(\.key.fingerprint).joined(separator: ", ")
            throw SSHAgentError(
                .noSuchKey, "\(path): the agent has no key \(fingerprint): hand it over with ssh-add (it has \(others))"
            )
        }
        return identity
    }

    /// The signature in the form of RFC 4253 §6.6.
    func sign(_ data: [UInt8], with key: SSHKey) throws(SSHAgentError) -> [UInt8] {
        var request = SSHWriter([Message.signRequest])
        request.put(string: key.blob)
        request.put(string: data)
        request.put(key.algorithm == .rsa ? Self.rsaSHA512 : 0)
        var reply = SSHReader(try ask(request.bytes, expecting: Message.signature))
        guard let signature = reply.string(), reply.isAtEnd else {
            throw SSHAgentError(.malformed, "\(path): the agent's signature is none")
        }
        return signature
    }

    private static let maximumIdentities: UInt32 = 1024
    /// Without it agents sign with SHA-1.
    private static let rsaSHA512: UInt32 = 4

    private enum Message {
        static let failure: UInt8 = 5
        static let requestIdentities: UInt8 = 11
        static let identities: UInt8 = 12
        static let signRequest: UInt8 = 13
        static let signature: UInt8 = 14
    }

    /// What follows the type in the agent's answer.
    private func ask(_ request: [UInt8], expecting type: UInt8) throws(SSHAgentError) -> ArraySlice<UInt8> {
        let reply = try SSHAgentConnection(path: path, limit: patience).exchange(request)
        guard reply.first != Message.failure else {
            throw SSHAgentError(.refused, "\(path): the agent refused: the key is gone or locked, or nobody confirmed")
        }
        guard reply.first == type else {
            throw SSHAgentError(.malformed, "\(path): the agent answered something else than what was asked")
        }
        return reply.dropFirst()
    }
}

/// Why an agent did not do what it was asked. The text names its socket and what to do.
package struct SSHAgentError: Error, Hashable, CustomStringConvertible {
    package enum Code: Sendable, CaseIterable {
        case unreachable, timedOut, refused, noSuchKey
        /// Its answer is no answer.
        case malformed
        /// Its signature does not hold.
        case badSignature
    }

    package let code: Code
    package let description: String

    @inline(never)
    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
