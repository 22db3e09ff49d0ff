import Foundation
import SSHSignatures
import Sodium
import TestPrograms
import Testing

/// Keys behind an agent: OpenSSH's own, and agents that lie.
struct AgentTests {
    private let keygen: Keygen
    private let socket: String
    private let agent: SSHAgent

    init() throws {
        keygen = try Keygen()
        socket = keygen.scratch.file("agent.socket")
        agent = SSHAgent(path: socket, patience: .seconds(20))
    }

    @Test(arguments: Keygen.Kind.eachAlgorithm)
    func whatTheAgentSignsIsTaken(kind: Keygen.Kind) throws {
        let running = try start()
        defer { withExtendedLifetime(running) {} }
        let path = try keygen.makeKey(kind)
        try add(path)
        let key = try keygen.publicKey(path)
        let identity = try agent.identity(fingerprint: key.fingerprint)
        #expect(identity.key == key)
        #expect(identity.comment == "ann@laptop")
        let message = Array("a message".utf8)
        let signature = try SSHSignature(message, by: SSHAgentSigner(agent: agent, key: key))
        try signature.verify(message, by: key)
    }

    @Test func anEd25519KeySignsAsItDoesInMemory() throws {
        let running = try start()
        defer { withExtendedLifetime(running) {} }
        let path = try keygen.makeKey(.ed25519)
        try add(path)
        let key = try SSHAgentKey(keygen.publicKey(path).fingerprint, in: agent)
        let message = Array("the same".utf8)
        #expect(key.publicKey.isValid(try key.sign(message), for: message))
        let inMemory = try SSHSignature(message, by: keygen.privateKey(path))
        #expect(try SSHSignature(message, by: SSHSigningKey(key)) == inMemory)
    }

    @Test func whatIsNotThereIsNamed() throws {
        #expect { try agent.identities() } throws: {
            ($0 as? SSHAgentError)?.code == .unreachable && "\($0)".contains(socket)
        }
        let running = try start()
        defer { withExtendedLifetime(running) {} }
        #expect(try agent.identities().isEmpty)
        let rsa = try keygen.makeKey(.p256, "other")
        try add(rsa)
        let fingerprint = try keygen.publicKey(rsa).fingerprint
        #expect { try SSHAgentKey("SHA256:none", in: agent) } throws: {
            ($0 as? SSHAgentError)?.code == .noSuchKey && "\($0)".contains(fingerprint)
        }
        #expect { try SSHAgentKey(fingerprint, in: agent) } throws: { "\($0)".contains("not ssh-ed25519") }
        let signer = SSHAgentSigner(agent: agent, key: try keygen.publicKey(keygen.makeKey(.ed25519, "gone")))
        #expect { try signer.sign([1]) } throws: { ($0 as? SSHAgentError)?.code == .refused }
        let long = SSHAgent(path: "/" + String(repeating: "a", count: 200))
        #expect { try long.identities() } throws: { "\($0)".contains("too long") }
    }

    private static let badAnswers: [([UInt8], SSHAgentError.Code)] = [
        ([0, 0, 0, 0], .malformed), ([0, 4, 0, 1], .malformed), ([0xFF, 0xFF, 0xFF, 0xFF], .malformed),
        ([], .refused), ([0, 0], .refused), ([0, 0, 0, 9, 12], .refused),
        ([0, 0, 0, 1, 5], .refused), ([0, 0, 0, 1, 14], .malformed), ([0, 0, 0, 1, 12], .malformed),
        ([0, 0, 0, 5, 12, 0xFF, 0xFF, 0xFF, 0xFF], .malformed), ([0, 0, 0, 5, 12, 0, 0, 0, 1], .malformed),
        ([0, 0, 0, 9, 12, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF], .malformed),
    ]

    @Test(arguments: badAnswers)
    func answersThatAreNoneAreRefused(answer: [UInt8], code: SSHAgentError.Code) throws {
        let server = try FakeAgent(socket, answers: [answer])
        defer { server.stop() }
        #expect { try agent.identities() } throws: { ($0 as? SSHAgentError)?.code == code }
    }

    @Test func anAgentThatSaysNothingIsGivenUp() throws {
        let server = try FakeAgent(socket, answers: [nil])
        defer { server.stop() }
        #expect { try SSHAgent(path: socket, patience: .milliseconds(50)).identities() } throws: {
            ($0 as? SSHAgentError)?.code == .timedOut
        }
    }

    @Test func aSignatureOfAnotherMessageIsNotHandedOn() throws {
        let key = Ed25519.PrivateKey()
        let listed = SSHKey(key.publicKey)
        let wrong = try SSHSigningKey(key).sign([2])
        let server = try FakeAgent(
            socket,
            answers: [
                framed([12] + framed(nil, count: 1) + framed(listed.blob) + framed([])), framed([14] + framed(wrong)),
            ])
        defer { server.stop() }
        let held = try SSHAgentKey(listed.fingerprint, in: agent)
        #expect { try held.sign([1]) } throws: { ($0 as? SSHAgentError)?.code == .badSignature }
    }

    private func framed(_ bytes: [UInt8]?, count: Int? = nil) -> [UInt8] {
        let length = UInt32(count ?? bytes?.count ?? 0)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + (bytes ?? [])
    }

    /// It prints a line once it listens.
    private func start() throws -> Daemon {
        let daemon = try Daemon(["ssh-agent", "-D", "-a", socket])
        #expect(try daemon.firstLine().contains(socket))
        return daemon
    }

    private func add(_ path: String) throws {
        try Command.run("env", "SSH_AUTH_SOCK=\(socket)", "ssh-add", "-q", path)
    }
}
