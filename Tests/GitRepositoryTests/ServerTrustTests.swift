import Foundation
import GitRepository
import TestPrograms
import Testing

/// Who may log in, and which servers are believed.
@Suite struct ServerTrustTests {
    @Test func aWrongOrMissingTokenIsAnAuthenticationError() async throws {
        let setup = try RemoteTests.Setup(.https)
        var credentials = setup.credentials
        credentials.httpsTokenFile = try setup.scratch.write("wrong", "nonsense\n", mode: 0o600)
        let wrong = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(wrong?.code == .authentication)
        #expect(wrong?.message.contains("nonsense") == false)
        credentials.httpsTokenFile = nil
        let missing = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(missing?.code == .authentication)
        credentials.httpsTokenFile = try setup.scratch.write("open", "s3cret\n", mode: 0o644)
        let readable = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(readable?.code == .authentication && readable?.message.contains("chmod 600") == true)
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        let setup = try RemoteTests.Setup(.https)
        var credentials = setup.credentials
        credentials.caFile = nil
        let system = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(system?.code == .untrustedServer)
        try await setup.mirror().fetch()
        let again = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(again?.code == .untrustedServer)
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        let setup = try RemoteTests.Setup(.https)
        let server = try #require(setup.server as? HTTPSServer)
        let location = try Location("https://127.0.0.1:\(server.port)/origin.git")
        let mirror = try Repository(at: location, mirror: setup.scratch.file("m"), credentials: setup.credentials)
        let error = await gitError { try await mirror.fetch() }
        #expect(error?.code == .untrustedServer)
    }

    @Test func aRepositoryThatIsNotThereIsNotFound() async throws {
        let setup = try RemoteTests.Setup(.https)
        let server = try #require(setup.server as? HTTPSServer)
        let location = try Location("https://localhost:\(server.port)/nothing.git")
        let mirror = try Repository(at: location, mirror: setup.scratch.file("m"), credentials: setup.credentials)
        let error = await gitError { try await mirror.fetch() }
        #expect(error?.code == .notFound)
    }

    @Test func anUnknownHostKeyIsRefusedWithTheLineToAdd() async throws {
        let setup = try RemoteTests.Setup(.ssh)
        let right = try String(contentsOfFile: try #require(setup.credentials.knownHostsFile), encoding: .utf8)
        var credentials = setup.credentials
        credentials.knownHostsFile = try setup.scratch.write("empty", "# nobody\n")
        let error = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(error?.code == .untrustedServer)
        let line = right.split(separator: " ").prefix(3).joined(separator: " ")
        #expect(error?.message.contains(line) == true)
        let fingerprint = try Command.run("ssh-keygen", "-lf", setup.scratch.file("host.pub")).split(separator: " ")[1]
        #expect(error?.message.contains(fingerprint) == true)
        // Adding that line is all it takes.
        let added = try #require(error?.message.components(separatedBy: "add this line there: ").last)
        credentials.knownHostsFile = try setup.scratch.write("added", added + "\n")
        try await setup.mirror(credentials: credentials).fetch()
    }

    @Test func aChangedHostKeyIsRefused() async throws {
        let setup = try RemoteTests.Setup(.ssh)
        let server = try #require(setup.server as? SSHServer)
        try Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", setup.scratch.file("foreign"))
        let foreign = try String(contentsOfFile: setup.scratch.file("foreign.pub"), encoding: .utf8)
        var credentials = setup.credentials
        credentials.knownHostsFile = try setup.scratch.write("changed", "[127.0.0.1]:\(server.port) \(foreign)")
        let error = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(error?.code == .untrustedServer && error?.message.contains("was replaced") == true)
    }

    @Test func hashedKnownHostsWork() async throws {
        let setup = try RemoteTests.Setup(.ssh)
        try Command.run("ssh-keygen", "-q", "-H", "-f", try #require(setup.credentials.knownHostsFile))
        let text = try String(contentsOfFile: try #require(setup.credentials.knownHostsFile), encoding: .utf8)
        #expect(text.hasPrefix("|1|"))
        try await setup.mirror().fetch()
    }

    @Test func anotherKeyIsAnAuthenticationError() async throws {
        let setup = try RemoteTests.Setup(.ssh)
        try Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", setup.scratch.file("stranger"))
        var credentials = setup.credentials
        credentials.sshKeyFile = setup.scratch.file("stranger")
        let error = await gitError { try await setup.mirror(credentials: credentials).fetch() }
        #expect(error?.code == .authentication)
        try Command.run("chmod", "644", setup.scratch.file("id"))
        let open = await gitError { try await setup.mirror().fetch() }
        #expect(open?.code == .authentication && open?.message.contains("chmod 600") == true)
    }

    @Test func aKeyWithAPassphraseIsOpened() async throws {
        let scratch = try Scratch()
        let (bare, work) = try scratch.makePair()
        let commit = try work.commit("1")
        try work.push("main")
        let server = try SSHServer(scratch, passphrase: "open sesame")
        var credentials = Credentials()
        credentials.sshKeyFile = server.keyFile
        credentials.knownHostsFile = server.knownHostsFile
        credentials.sshPassphraseFile = try scratch.write("passphrase", "open sesame\n", mode: 0o600)
        let location = try Location("ssh://\(server.user)@127.0.0.1:\(server.port)\(bare)")
        let mirror = try Repository(at: location, mirror: scratch.file("m"), credentials: credentials)
        try await mirror.fetch()
        #expect(try await mirror.tip(of: "main") == commit)
        credentials.sshPassphraseFile = try scratch.write("wrong", "not it\n", mode: 0o600)
        let other = try Repository(at: location, mirror: scratch.file("m"), credentials: credentials)
        let error = await gitError { try await other.fetch() }
        #expect(error?.code == .authentication)
    }

    @Test func aKeyInTheAgentIsUsed() async throws {
        let setup = try RemoteTests.Setup(.ssh)
        let socket = setup.scratch.file("agent")
        let agent = try Daemon(["ssh-agent", "-D", "-a", socket])
        defer { withExtendedLifetime(agent) {} }
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
        var credentials = setup.credentials
        credentials.sshKeyFile = nil
        // No other test logs in without a key file, so nobody else looks at this.
        setenv("SSH_AUTH_SOCK", socket, 1)
        defer { unsetenv("SSH_AUTH_SOCK") }
        let empty = await gitError { try await setup.mirror("empty", credentials: credentials).fetch() }
        #expect(empty?.code == .authentication)
        try Command.run("env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", setup.scratch.file("id"))
        try await setup.mirror("full", credentials: credentials).fetch()
    }
}
