import Authorization
import FoundationEssentials
import GitRepository
import OverlayNetwork
import SSHSignatures
import Sodium
import TestRepository
import Trust
import WireFormat

/// A small organisation with a superadmin, a member, somebody else and a controller, whose keys and commits are the same in
/// every run.
struct Organization {
    let test: TestRepository
    let rootKey = Self.key(1)
    let stateKey = Self.key(2)
    let ann = SSHPrivateKey(Self.key(3), comment: "ann")
    let bob = SSHPrivateKey(Self.key(4), comment: "bob")
    let eve = SSHPrivateKey(Self.key(5), comment: "eve")
    let root: TrustedRoot
    var publisher: TestPublisher

    init(_ mode: RootDocument.AuthorizationMode = .enforce) throws {
        test = try TestRepository()
        let document = RootDocument(
            expires: Date(timeIntervalSince1970: 2_000_000_000), trustDomain: try Self.domain(),
            keys: [
                RootDocument.Key(rootKey.publicKey, roles: [.root]),
                RootDocument.Key(stateKey.publicKey, roles: [.state]),
            ],
            certificateAuthorities: [],
            enrollmentKey: X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 9, count: 32)))?.publicKey
                ?? X25519.PrivateKey().publicKey,
            superadmins: [RootDocument.Superadmin(name: "ann", keys: ["\(ann.key)"])], authorization: mode)
        root = try TrustedRoot(signing: document, by: [rootKey])
        publisher = TestPublisher(test)
        publisher.key = SSHPrivateKey(stateKey)
        publisher.root = document
        publisher.evidence.roots = [1: try root.envelope.serializedBytes()]
    }

    private struct NoDomain: Error {}

    private static func domain() throws -> TrustDomain {
        guard let domain = TrustDomain("acme.example") else { throw NoDomain() }
        return domain
    }

    private static func key(_ byte: UInt8) -> Ed25519.PrivateKey {
        Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: byte, count: 32))) ?? Ed25519.PrivateKey()
    }

    var tenant: String { Acme.tenant(["{ name: bob, role: member, keys: [\"\(bob.key)\"] }"]) }

    /// Commits to main, signed.
    @discardableResult
    func commit(
        _ files: [String: String?], by key: SSHPrivateKey?, as name: String = "Test Er", _ message: String = "change",
        seconds: Int64
    ) async throws -> ObjectID {
        let repository = test.repository
        let tip = try await repository.tip(of: "main")
        let author = Identity(name: name, email: "tester@example.org", seconds: seconds)
        let commit = try await repository.makeCommit(
            files.mapValues { $0.map(TreeEdit.write) ?? .remove }, onTreeOf: tip, parents: tip.map { [$0] } ?? [],
            author: author, committer: author, message: message, signedBy: key.map(TestPublisher.signer))
        try test.setReference("refs/heads/main", to: "\(commit)")
        return commit
    }

    static let day: Int64 = 86_400
    static let start: Int64 = 1_767_225_600

    /// Names and messages that try to leave their place in every format.
    static let hostileName = "Mallory\" onmouseover=\"alert(0)"
    static let hostileMessage =
        "=HYPERLINK(\"http://evil.example\"),\u{1B}[2J</td><script>alert(1)</script><img src=x onerror=alert(2)>\u{202E}txt"

    /// Three weeks: set up, opened, renewed with hostile words, closed, refused.
    func live() async throws {
        let day = Self.day
        try await commit(
            [
                "acme/tenant.yaml": tenant, "acme/office.yaml": Acme.office,
                "acme/laptop.yaml": Acme.node("laptop", key: 1), "acme/db.yaml": Acme.node("db", key: 2),
            ], by: ann, as: "Ann", "set up", seconds: Self.start)
        try await publisher.publish(now: Self.start)
        try await commit(
            ["acme/access.yaml": Acme.policy(Acme.rule("sql", from: "laptop", to: "db", ports: "tcp/5432"))], by: bob,
            as: "Bob", "open the database", seconds: Self.start + 7 * day)
        try await publisher.publish(now: Self.start + 7 * day)
        try await commit(
            ["acme/phone.yaml": Acme.node("phone", key: 3)], by: bob, as: Self.hostileName, Self.hostileMessage,
            seconds: Self.start + 10 * day)
        try await publisher.publish(now: Self.start + 10 * day)
        try await commit(
            ["acme/access.yaml": nil, "acme/phone.yaml": nil], by: bob, as: "Bob", "close it, revoke the phone",
            seconds: Self.start + 14 * day)
        try await publisher.publish(now: Self.start + 14 * day)
    }
}
