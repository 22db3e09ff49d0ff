import Authorization
import Foundation
import GitRepository
import SSHSignatures
import Sodium
import Testing
import Trust

/// Which commits of the state branch are a controller's, over the roots that name its keys.
struct StateSignaturesTests {
    private let first = Ed25519.PrivateKey()
    private let second = Ed25519.PrivateKey()
    private let config = Ed25519.PrivateKey()

    /// Root 1 names the first key, root 2 both or only the second one.
    private func signatures(overlapping: Bool = false) throws -> StateSignatures {
        StateSignatures([
            try root(1, [first]), try root(2, overlapping ? [first, second] : [second]), try root(3, [second]),
        ])
    }

    private func root(_ version: UInt64, _ keys: [Ed25519.PrivateKey]) throws -> RootDocument {
        RootDocument(
            version: version, expires: .distantFuture, trustDomain: try #require(TrustDomain("acme.example")),
            keys: keys.map { .init($0.publicKey, roles: [.state]) } + [.init(config.publicKey, roles: [.config])],
            certificateAuthorities: [], enrollmentKey: X25519.PrivateKey().publicKey)
    }

    private func commit(_ key: Ed25519.PrivateKey?) throws -> [UInt8] {
        let payload = Array(
            """
            tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
            author cvlan-controller <controller@acme.example> 1790000000 +0000
            committer cvlan-controller <controller@acme.example> 1790000000 +0000

            state: 1

            """.utf8)
        guard let key else { return payload }
        let signature = try SSHSignature(payload, by: SSHSigningKey(key)).armored
        return try #require(SignedCommit.object(payload, signature: signature))
    }

    @Test func aKeyThatARootNamesSigns() throws {
        var signatures = try signatures()
        try signatures.take(try commit(first), parents: 0)
        try signatures.take(try commit(first), parents: 1)
    }

    @Test func nobodyElsesCommitCounts() throws {
        var signatures = try signatures()
        #expect(throws: StateSignatures.Refusal.notAController(.unsigned)) {
            try signatures.take(try commit(nil), parents: 1)
        }
        // Nor that of a key with another role.
        #expect(throws: StateSignatures.Refusal.notAController(.signed(SSHKey(config.publicKey)))) {
            try signatures.take(try commit(config), parents: 1)
        }
        var changed = try commit(first)
        changed[changed.count - 2] ^= 1
        #expect(throws: StateSignatures.Refusal.self) { try signatures.take(changed, parents: 1) }
    }

    @Test func aReplacedKeySignsNothingAfterTheOneThatItMadeWayFor() throws {
        var signatures = try signatures()
        try signatures.take(try commit(first), parents: 0)
        try signatures.take(try commit(second), parents: 1)
        #expect(throws: StateSignatures.Refusal.replacedKey(SSHKey(first.publicKey))) {
            try signatures.take(try commit(first), parents: 1)
        }
    }

    @Test func keysThatOneRootNamesTogetherTakeTurns() throws {
        var signatures = try signatures(overlapping: true)
        for key in [first, second, first, second] { try signatures.take(try commit(key), parents: 1) }
    }

    @Test func noControllerMerges() throws {
        var signatures = try signatures()
        #expect(throws: StateSignatures.Refusal.merge) { try signatures.take(try commit(first), parents: 2) }
    }
}
