import FoundationEssentials
import Sodium
import Testing
import Trust
import WireFormat

struct RootTests {
    private let fixtures: Fixtures
    private let first: TrustedRoot

    init() throws {
        fixtures = try Fixtures()
        first = try fixtures.root()
    }

    @Test func aDocumentSurvivesItsEncoding() throws {
        let document = fixtures.document()
        #expect(try RootDocument(payload: document.payload()) == document)
        #expect(try document.payload() == document.payload())
    }

    @Test func thePinnedRootIsTaken() throws {
        #expect(try TrustedRoot(first.envelope, pinnedBy: first.pin) == first)
        let pin = try #require(RootPin(first.pin.description))
        #expect(pin == first.pin)
    }

    @Test func anotherRootThanThePinnedOneIsRefused() throws {
        let other = try TrustedRoot(signing: fixtures.document(version: 2), by: Array(fixtures.rootKeys[..<3]))
        #expect(code { try TrustedRoot(other.envelope, pinnedBy: first.pin) } == .wrongPin)
    }

    @Test func aPinnedRootNeedsItsOwnThreshold() throws {
        var envelope = first.envelope
        envelope.signatures.removeLast(2)
        #expect(code { try TrustedRoot(envelope, pinnedBy: first.pin) } == .badSignature)
    }

    @Test(arguments: [
        "sha256:", "sha256:00", "md5:" + String(repeating: "0", count: 64), String(repeating: "0", count: 71),
    ])
    func otherTextIsNoPin(text: String) {
        #expect(RootPin(text) == nil)
    }

    @Test func theNextRootIsTakenFromTheOldThreshold() throws {
        // Key 3 comes in, key 0 goes: 1 and 2 sign for both documents.
        let next = try WireEnvelope(
            signing: try fixtures.document(version: 2, signers: 1..<4).payload(), as: .root,
            by: Array(fixtures.rootKeys[1..<3]))
        let updated = try first.updated(with: next)
        #expect(updated.document.version == 2)
        #expect(updated.pin != first.pin)
    }

    @Test func aRootSignedByTheNewKeysAloneIsRefused() throws {
        let next = try WireEnvelope(
            signing: try fixtures.document(version: 2, signers: 2..<4).payload(), as: .root,
            by: Array(fixtures.rootKeys[2..<4]))
        #expect(code { try first.updated(with: next) } == .badSignature)
    }

    @Test func aRootSignedByTheOldKeysAloneIsRefused() throws {
        let next = try WireEnvelope(
            signing: try fixtures.document(version: 2, signers: 2..<4).payload(), as: .root,
            by: Array(fixtures.rootKeys[0..<3]))
        #expect(code { try first.updated(with: next) } == .badSignature)
    }

    @Test func aConfigKeySignsNoRoot() throws {
        let next = try WireEnvelope(
            signing: try fixtures.document(version: 2, threshold: 1).payload(), as: .root,
            by: [fixtures.configKey, fixtures.rootKeys[0]])
        #expect(code { try first.updated(with: next) } == .badSignature)
    }

    @Test(arguments: [1, 3, 100])
    func onlyTheVersionThatFollowsIsTaken(version: UInt64) throws {
        let document = fixtures.document(version: version, expires: Fixtures.now)
        let next = try WireEnvelope(signing: try document.payload(), as: .root, by: fixtures.rootKeys)
        #expect(code { try first.updated(with: next) } == .wrongVersion)
    }

    @Test func theSameRootAgainChangesNothing() throws {
        #expect(try first.updated(with: first.envelope) == first)
    }

    @Test func theTrustDomainStays() throws {
        var document = fixtures.document(version: 2)
        document.trustDomain = try #require(TrustDomain("example.com"))
        let next = try WireEnvelope(signing: try document.payload(), as: .root, by: fixtures.rootKeys)
        #expect(code { try first.updated(with: next) } == .wrongTrustDomain)
    }

    @Test func aChainIsFollowedFromThePinnedRoot() throws {
        // An expired root in the middle is a step like any other.
        let versions: [UInt64] = [1, 2, 3]
        let chain = try versions.map { version in
            let expires = version == 2 ? Fixtures.now.addingTimeInterval(-1) : nil
            let document = fixtures.document(version: version, expires: expires)
            return try WireEnvelope(signing: try document.payload(), as: .root, by: fixtures.rootKeys)
        }
        #expect(try TrustedRoot(chain: chain, pinnedBy: first.pin).document.version == 3)
        let second = RootPin(ofPayload: chain[1].payload)
        #expect(try TrustedRoot(chain: chain, pinnedBy: second).document.version == 3)
        #expect(code { try TrustedRoot(chain: [chain[0], chain[2]], pinnedBy: first.pin) } == .wrongVersion)
        #expect(code { try TrustedRoot(chain: Array(chain[1...]), pinnedBy: first.pin) } == .wrongPin)
        #expect(code { try TrustedRoot(chain: [], pinnedBy: first.pin) } == .wrongPin)
    }

    @Test func timeDecidesExpiry() throws {
        let expires = first.document.expires
        #expect(!first.isExpired(at: expires.addingTimeInterval(-1)))
        #expect(first.isExpired(at: expires))
        #expect(code { try first.checkNotExpired(at: expires) } == .expired)
    }

    @Test func contradictionsAreMalformed() throws {
        let tooHigh = fixtures.document(threshold: 4)
        let zero = fixtures.document(threshold: 0)
        let unversioned = fixtures.document(version: 0)
        var twice = fixtures.document()
        twice.keys.append(twice.keys[0])
        for document in [tooHigh, zero, unversioned, twice] {
            #expect(code { try document.payload() } == .malformed)
        }
        var wire = try WireRoot(serializedBytes: first.envelope.payload)
        wire.keys[0].id = wire.keys[1].id
        #expect(code { try RootDocument(payload: wire.serializedBytes()) } == .malformed)
        wire.keys[0].publicKey = Data(count: 31)
        #expect(code { try RootDocument(payload: wire.serializedBytes()) } == .malformed)
        wire.keys = []
        #expect(code { try RootDocument(payload: wire.serializedBytes()) } == .malformed)
    }

    private func code(_ body: () throws -> some Any) -> RootError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? RootError)?.code
        }
    }
}
