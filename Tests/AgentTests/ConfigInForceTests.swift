import Agent
import Foundation
import Logging
import Sodium
import Testing
import Trust
import WireFormat

@Suite struct ConfigInForceTests {
    private func root(
        version: UInt64, rootKey: Ed25519.PrivateKey, configKey: Ed25519.PrivateKey
    ) throws -> TrustedRoot {
        try TrustedRoot(
            signing: RootDocument(
                version: version, expires: .distantFuture, trustDomain: try #require(TrustDomain("example.org")),
                keys: [.init(rootKey.publicKey, roles: [.root]), .init(configKey.publicKey, roles: [.config])],
                certificateAuthorities: [Data([0])], enrollmentKey: X25519.PrivateKey().publicKey),
            by: [rootKey])
    }

    @Test func configOutlivesTheKeyThatSignedIt() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "config-in-force-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "agent.sqlite").path
        let identity = try JSONDecoder().decode(
            AgentIdentity.self,
            from: Data(#"{"tenant": "acme", "node": "one", "controller": "https://c:1", "root": "sha256:0"}"#.utf8))
        let logger = Logger(label: "agent", factory: { _ in SwiftLogNoOpLogHandler() })
        let rootKey = Ed25519.PrivateKey()
        let configKey = Ed25519.PrivateKey()
        let first = try root(version: 1, rootKey: rootKey, configKey: configKey)
        let second = try root(version: 2, rootKey: rootKey, configKey: Ed25519.PrivateKey())

        var config = WireNodeConfig()
        (config.tenant, config.node, config.generation) = ("acme", "one", 5)
        let running = try ConfigInForce(
            store: AgentStore(path: path), root: first, identity: identity, logger: logger)
        let isNew = try await running.take(
            try ConfigSigner(key: configKey).sign(config), segments: [:], now: Date())
        #expect(isNew)
        try await running.updateRoot(with: second.envelope)

        // Killed here: no config that the new root vouches for has come yet.
        let restarted = try ConfigInForce(
            store: AgentStore(path: path), root: second, identity: identity, logger: logger)
        let generation = await restarted.generation
        #expect(generation == 5)
        let version = await restarted.root.document.version
        #expect(version == 2)
    }
}
