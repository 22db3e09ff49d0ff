import Controllers
import Foundation
import OverlayNetwork
import Testing
import Trust

struct ConfigurationTests {
    private static let minimal = """
        repository: /srv/fleet.git
        url: https://ctl.acme.example:8443
        listen: 0.0.0.0:8443
        trustDomain: acme.example
        """

    @Test func whatIsWrittenIsReadBack() throws {
        var configuration = try ControllerConfiguration(parsing: Self.minimal)
        configuration.repository = "ssh://git@forge.example/a \"b\" # c\\d"
        configuration.pollInterval = .milliseconds(1500)
        configuration.hookSecretFile = "hook.secret"
        configuration.pruneLimit = try #require(PruneLimit(percent: 5))
        configuration.managementTokenFile = "management.token"
        configuration.credentials.knownHostsFile = "known_hosts"
        #expect(try ControllerConfiguration(parsing: configuration.text) == configuration)
    }

    @Test func defaultsAndCommentsAreUnderstood() throws {
        let configuration = try ControllerConfiguration(
            parsing: "# a comment\n" + Self.minimal + "\nbranch: trunk # here\n")
        #expect(configuration.branch == "trunk")
        #expect(configuration.stateBranch == "cvlan-state")
        #expect(configuration.pollInterval == .seconds(10))
        #expect(configuration.pruneLimit.percent == 20)
        #expect(configuration.serverNames.map(\.description) == ["ctl.acme.example", "localhost"])
    }

    @Test(arguments: [
        ("\ncolour: blue", "controller.yaml:5: unknown setting 'colour'"),
        ("\nbranch: a\nbranch: b", "controller.yaml:6: branch is there twice"),
        ("\npollInterval: soon", "controller.yaml:5: pollInterval is not a time like 10s or 500ms"),
        ("\npollInterval: 1ms", "controller.yaml:5: pollInterval is not a time like 10s or 500ms"),
        ("\npruneLimitPercent: 101", "controller.yaml:5: pruneLimitPercent is not a whole number from 0 to 100"),
        ("\npruneLimitPercent: 20%", "controller.yaml:5: pruneLimitPercent is not a whole number from 0 to 100"),
        ("\nbranch: cvlan-state", "controller.yaml: branch and stateBranch are the same"),
        ("\nbranch: \"open", "controller.yaml:5: branch has no plain or quoted value"),
        ("\nnonsense", "controller.yaml:5: not of the form `key: value`"),
    ])
    func mistakesAreNamedWithTheirLine(_ more: String, _ message: String) {
        #expect(throws: ConfigurationError(message)) { try ControllerConfiguration(parsing: Self.minimal + more) }
    }

    @Test func settingUpTwiceIsRefusedAndChangesNothing() async throws {
        let git = try await GitServer()
        let controller = try TestController(git.bare)
        let before = try Data(contentsOf: URL(fileURLWithPath: controller.directory.path + "/roots/1.dsse"))
        #expect(throws: ConfigurationError.self) {
            try ControllerSetup.initialize(
                directory: controller.directory.path, repository: git.bare, url: "https://127.0.0.1:8443",
                trustDomain: "acme.example")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: controller.directory.path + "/roots/1.dsse")) == before)
    }

    @Test func superadminsAndModeAreInTheRoot() throws {
        let folder = try TemporaryFolder()
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
        try "# of both laptops\n\n\(key) alice@one\n".write(
            toFile: folder.path + "/alice.pub", atomically: true, encoding: .utf8)
        let alice = try #require(SuperadminArgument("alice=\(folder.path)/alice.pub"))
        let authority = try ControllerKeys.Authority(superadmins: [alice])
        #expect(authority.superadmins == [.init(name: "alice", keys: ["\(key) alice@one"])])
        #expect(authority.authorization == .enforce)
        #expect(try ControllerKeys.Authority(superadmins: [alice], authorization: .warn).authorization == .warn)
        #expect(try ControllerKeys.Authority(superadmins: []).authorization == .off)
        #expect { try ControllerKeys.Authority(superadmins: [], authorization: .enforce) } throws: {
            "\($0)".contains("needs a superadmin")
        }
        try "# nobody\n".write(toFile: folder.path + "/alice.pub", atomically: true, encoding: .utf8)
        #expect { try alice.read() } throws: { "\($0)".contains("alice.pub: has no SSH public key") }
        try "\(key)\nssh-ed25519 AAAA\n".write(
            toFile: folder.path + "/alice.pub", atomically: true, encoding: .utf8)
        #expect { try alice.read() } throws: { "\($0)".contains("alice.pub:2: not an SSH public key") }
    }

    @Test(arguments: ["alice", "=file", "alice=", ""])
    func aSuperadminHasANameAndAFile(_ text: String) {
        #expect(SuperadminArgument(text) == nil)
    }

    @Test(arguments: ["http://x:1", "https://", "https://x:70000", "https://x:1/path", "x:1"])
    func urlsThatAgentsCouldNotUseAreRefused(_ url: String) {
        #expect(ControllerURL(url) == nil)
    }

    @Test func addressesOfAllFormsAreUnderstood() {
        #expect(ControllerURL("https://[2001:db8::1]:8443")?.description == "https://[2001:db8::1]:8443")
        #expect(ControllerURL("https://ctl.example")?.port == 443)
        #expect(ListenAddress("[::]:8443")?.host == "::")
        #expect(ListenAddress("::1:8443") == nil)
    }
}
