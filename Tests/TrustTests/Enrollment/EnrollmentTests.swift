import FoundationEssentials
import Sodium
import Testing
import Trust

struct EnrollmentTests {
    private let fixtures: Fixtures
    private let transcript: EnrollmentProof

    init() throws {
        fixtures = try Fixtures()
        transcript = EnrollmentProof(
            tenant: "acme", node: "laptop", publicKey: fixtures.nodeKey.publicKey, csr: Data([1, 2, 3]))
    }

    @Test func theHolderOfTheDeclaredKeyIsBelieved() throws {
        let proof = try #require(
            transcript.make(nodeKey: fixtures.nodeKey, enrollmentKey: fixtures.enrollmentKey.publicKey))
        #expect(proof.count == EnrollmentProof.byteCount)
        #expect(transcript.isValid(proof, enrollmentKey: fixtures.enrollmentKey))
    }

    /// Computed apart from this code, from the construction in the type's documentation.
    @Test func theProofIsTheDocumentedConstruction() throws {
        let nodeKey = try #require(X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 0x11, count: 32))))
        let enrollmentKey = try #require(X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: 0x22, count: 32))))
        let proof = EnrollmentProof(tenant: "acme", node: "laptop", publicKey: nodeKey.publicKey, csr: Data([1, 2, 3]))
            .make(nodeKey: nodeKey, enrollmentKey: enrollmentKey.publicKey)
        #expect(proof.map { Hex.encode($0) } == "014ade51aeaf07d067d10763bc85531b10b8aac3344cf3c0029fb3d5389cf4f1")
    }

    @Test func aProofHoldsForNothingElse() throws {
        let key = fixtures.nodeKey.publicKey
        let enrollmentKey = fixtures.enrollmentKey
        let proof = try #require(transcript.make(nodeKey: fixtures.nodeKey, enrollmentKey: enrollmentKey.publicKey))
        let others = [
            EnrollmentProof(tenant: "other", node: "laptop", publicKey: key, csr: Data([1, 2, 3])),
            EnrollmentProof(tenant: "acme", node: "desktop", publicKey: key, csr: Data([1, 2, 3])),
            EnrollmentProof(tenant: "acmel", node: "aptop", publicKey: key, csr: Data([1, 2, 3])),
            EnrollmentProof(tenant: "acme", node: "laptop", publicKey: key, csr: Data([1, 2, 4])),
            EnrollmentProof(
                tenant: "acme", node: "laptop", publicKey: X25519.PrivateKey().publicKey, csr: Data([1, 2, 3])),
        ]
        for other in others { #expect(!other.isValid(proof, enrollmentKey: enrollmentKey)) }
        #expect(!transcript.isValid(proof, enrollmentKey: X25519.PrivateKey()))
        #expect(!transcript.isValid(proof.dropLast(), enrollmentKey: enrollmentKey))
        #expect(!transcript.isValid(Data(), enrollmentKey: enrollmentKey))
    }

    @Test func anotherPrivateKeyMakesNoProof() {
        #expect(transcript.make(nodeKey: X25519.PrivateKey(), enrollmentKey: fixtures.enrollmentKey.publicKey) == nil)
    }

    @Test func anEnrollmentKeyOfSmallOrderIsRefused() throws {
        let zero = try #require(X25519.PublicKey([UInt8](repeating: 0, count: 32)))
        #expect(transcript.make(nodeKey: fixtures.nodeKey, enrollmentKey: zero) == nil)
    }

    @Test func identitiesAreSPIFFEIds() throws {
        let identity = try #require(NodeIdentity(trustDomain: fixtures.trustDomain, tenant: "acme", node: "laptop-1"))
        #expect(identity.description == "spiffe://example.org/tenant/acme/node/laptop-1")
        #expect(NodeIdentity(identity.description) == identity)
    }

    @Test(arguments: [
        "", "spiffe://", "spiffe://example.org", "spiffe://example.org/tenant/acme/node/",
        "spiffe://example.org/tenant/acme/node/a/", "spiffe://example.org/tenant/acme/node/a/b",
        "spiffe://example.org/tenant//node/a", "spiffe://example.org/tenant/acme/nodes/a",
        "spiffe://EXAMPLE.org/tenant/acme/node/a", "https://example.org/tenant/acme/node/a",
        "spiffe://example.org/tenant/acme/node/a%2Fb", "spiffe://example.org/tenant/acme/node/a?x",
        "spiffe://u@example.org/tenant/acme/node/a", "spiffe://example.org:1/tenant/acme/node/a",
        "spiffe://example.org/tenant/acme/node/A", "spiffe://exa..org/tenant/acme/node/a",
        "spiffe://example.org/tenant/acme/node/-a",
    ])
    func otherTextIsNoIdentity(text: String) {
        #expect(NodeIdentity(text) == nil)
    }
}
