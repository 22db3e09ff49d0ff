import Foundation
import PKCS11
import SSHSignatures
import Sodium
import TestPrograms
import Testing
import Trust

/// Keys in a file with a passphrase, behind OpenSSH's agent and in SoftHSM's token: each signs as the one that the root names.
struct KeyLocationTests {
    @Test func aPassphraseOpensAKeyAndAnotherDoesNot() throws {
        let scratch = try Scratch()
        let file = KeyFile(scratch.file("config.key"))
        let key = Ed25519.PrivateKey()
        try file.write(
            key, passphrase: SecretBytes(copying: Array("pass".utf8)), cost: PASERK.Cost(memory: 8192, passes: 1))
        #expect(try file.location() == .encrypted)
        let secret = KeyFile(scratch.file("passphrase"))
        try secret.write(SecretBytes(copying: Array("pass\nsecond line".utf8)))
        let access = KeyAccess(passphrase: .file(secret.path))
        #expect(try access.open(file).publicKey == key.publicKey)
        for (text, code) in [("PASS", KeyFileError.Code.wrongPassphrase), ("", .malformed), ("\npass", .malformed)] {
            try secret.write(SecretBytes(copying: Array(text.utf8)))
            #expect { try access.open(file) } throws: { ($0 as? KeyFileError)?.code == code }
        }
        try secret.write(SecretBytes(copying: Array("pass".utf8)))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secret.path)
        #expect { try access.open(file) } throws: { ($0 as? KeyFileError)?.code == .exposed }
    }

    @Test func aControllerRunsWithItsKeysInAnAgent() throws {
        let scratch = try Scratch()
        let socket = scratch.file("agent")
        let daemon = try Daemon(["ssh-agent", "-D", "-a", socket])
        defer { withExtendedLifetime(daemon) {} }
        #expect(try daemon.firstLine().contains(socket))
        let path = scratch.file("ssh")
        try Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)
        try Command.run("env", "SSH_AUTH_SOCK=\(socket)", "ssh-add", "-q", path)
        let line = try SSHKeyLine(try String(contentsOfFile: path + ".pub", encoding: .utf8))
        let file = KeyFile(scratch.file("config.key"))
        try file.write(reference: "ssh-agent:\(line.key.fingerprint)")
        let access = KeyAccess(agent: SSHAgent(path: socket))
        let key = try access.open(file)
        try signsConfigurations(key)
        // A wrong reference, and an agent that is gone.
        try file.write(reference: "ssh-agent:SHA256:none")
        #expect { try access.open(file) } throws: { ($0 as? KeyFileError)?.code == .unavailable }
        let none = KeyAccess(agent: SSHAgent(path: scratch.file("nothing")))
        #expect { try none.open(file) } throws: { "\($0)".contains("cannot reach the agent") }
    }

    @Test func aControllerRunsWithItsKeysInAToken() throws {
        let (scratch, token) = (try Scratch(), try SoftToken.withKeys())
        let file = KeyFile(scratch.file("config.key"))
        try file.write(reference: token.uri("object=config"))
        let key = try KeyAccess().open(file)
        try signsConfigurations(key)
        // By its id it is the same key; the label of another is another.
        try file.write(reference: token.uri("id=%01"))
        #expect(try KeyAccess().open(file).publicKey == key.publicKey)
        try file.write(reference: token.uri("object=state"))
        #expect(try KeyAccess().open(file).publicKey != key.publicKey)
        // Many at once, from many threads.
        DispatchQueue.concurrentPerform(iterations: 32) { number in
            let message = [UInt8(number)]
            #expect((try? key.sign(message)).map { key.publicKey.isValid($0, for: message) } == true)
        }
    }

    @Test func aTokenThatDoesNotHaveTheKeySaysWhat() throws {
        let (scratch, token) = (try Scratch(), try SoftToken.withKeys())
        let file = KeyFile(scratch.file("key"))
        func refusal(_ reference: String) throws -> String {
            try file.write(reference: reference)
            do {
                _ = try KeyAccess().open(file)
                return ""
            } catch {
                #expect((error as? KeyFileError)?.code == .unavailable)
                return "\(error)"
            }
        }
        #expect(try refusal(token.uri("object=none")).contains("no private Ed25519 key"))
        #expect(try refusal(token.uri("object=twin")).contains("several private keys fit"))
        #expect(try refusal(token.uri("object=config", token: "elsewhere")).contains("no token fits"))
        let pin = token.pinFile
        for module in ["/nowhere.so", "/etc/hostname"] {
            let uri = "pkcs11:token=t;object=o?module-path=\(module)&pin-source=\(pin)"
            #expect(try refusal(uri).contains("cannot load the module"))
        }
    }

    @Test func aWrongPINIsNamedAsSuch() throws {
        let (scratch, token) = (try Scratch(), try SoftToken.untouched())
        let pin = try scratch.write("pin", "9999", mode: 0o600)
        let file = KeyFile(scratch.file("key"))
        try file.write(reference: token.uri("object=config", pinFile: pin))
        #expect { try KeyAccess().open(file) } throws: { "\($0)".contains("does not take the PIN") }
        // The token counts, and locks: not with the same one again, but with another.
        for _ in 0..<20 {
            #expect { try KeyAccess().open(file) } throws: { "\($0)".contains("is not asked again") }
        }
        _ = try scratch.write("pin", "8888", mode: 0o600)
        #expect { try KeyAccess().open(file) } throws: { "\($0)".contains("does not take the PIN") }
    }

    @Test(arguments: [
        "pkcs11:", "pkcs11:token=a", "pkcs11:object=a?module-path=/m", "pkcs11:token=a;object=b",
        "pkcs11:token=a;object=b?module-path=m", "pkcs11:token=a;object=b?module-path=/m&pin-value=1234",
        "pkcs11:token=a;object=b;slot-id=1?module-path=/m", "pkcs11:token=a;token=b;object=c?module-path=/m",
        "pkcs11:token=a;object=%4?module-path=/m", "pkcs11:token=a;object=%zz?module-path=/m",
        "pkcs11:token=a;object=b;type=cert?module-path=/m", "pkcs11:token=a;object=b?module-path=/m&pin-source=pin",
        "pkcs11:token=a;object?module-path=/m", "pkcs12:token=a;object=b?module-path=/m",
    ])
    func referencesThatDoNotTellOneKeyAreRefused(text: String) {
        #expect(PKCS11URI(text) == nil)
    }

    @Test func aReferenceIsReadWithItsEscapes() throws {
        let uri = try PKCS11URI(
            parsing: "pkcs11:token=The%20token;serial=1;object=a%3bb;id=%01%ff;type=private"
                + "?module-path=/m.so&pin-source=file:/p")
        #expect(uri.token == [.token: Array("The token".utf8), .serial: Array("1".utf8)])
        #expect(uri.label == Array("a;b".utf8))
        #expect(uri.id == [1, 0xFF])
        #expect(uri.module == "/m.so")
        #expect(uri.pinFile == "/p")
    }

    private func signsConfigurations(_ key: any Ed25519.SigningKey) throws {
        let fixtures = try Fixtures()
        var document = fixtures.document()
        document.keys.append(.init(key.publicKey, roles: [.config]))
        let root = try TrustedRoot(signing: document, by: fixtures.rootKeys)
        let (config, segments) = try fixtures.config()
        let envelope = try ConfigSigner(key: key).sign(config)
        let verified = try ConfigVerifier(root: root, tenant: "acme", node: "laptop").verify(
            envelope, floor: nil, now: Fixtures.now
        ) { segments[$0] }
        #expect(verified.generation == 7)
        // The same bytes each time: replicas make equal ones.
        #expect(try ConfigSigner(key: key).sign(config) == envelope)
    }
}
