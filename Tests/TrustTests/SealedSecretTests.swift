import Sodium
import Testing
import Trust

@Suite struct SealedSecretTests {
    private let key = X25519.PrivateKey()
    private let value = SecretBytes(copying: Array("correct horse".utf8))
    private let place = SealedSecret.Place(tenant: "acme", secret: "branch")

    private func sealed() throws -> [UInt8] {
        try #require(SealedSecret.seal(value, at: place, to: key.publicKey))
    }

    @Test func opensForItsNodeInItsPlace() throws {
        #expect(try SealedSecret.open(try sealed(), at: place, with: key) == value)
        let empty = SecretBytes(copying: [])
        let box = try #require(SealedSecret.seal(empty, at: place, to: key.publicKey))
        #expect(try SealedSecret.open(box, at: place, with: key) == empty)
    }

    @Test func isSealedAnewEachTime() throws {
        #expect(try sealed() != sealed())
    }

    @Test func opensForNobodyElse() throws {
        let box = try sealed()
        #expect(throws: SealedSecret.Refusal.notForThisKey) {
            try SealedSecret.open(box, at: place, with: X25519.PrivateKey())
        }
    }

    @Test func opensNowhereElse() throws {
        let box = try sealed()
        for other in [
            SealedSecret.Place(tenant: "acme", secret: "other"), .init(tenant: "globex", secret: "branch"),
            // The same letters, cut otherwise.
            .init(tenant: "acm", secret: "ebranch"), .init(tenant: "acmebr", secret: "anch"),
        ] {
            #expect(throws: SealedSecret.Refusal.elsewhere) { try SealedSecret.open(box, at: other, with: key) }
        }
    }

    @Test func aChangedOrShortenedBoxIsRefused() throws {
        let box = try sealed()
        for index in box.indices {
            var changed = box
            changed[index] ^= 1
            #expect(throws: SealedSecret.Refusal.notForThisKey) {
                try SealedSecret.open(changed, at: place, with: key)
            }
        }
        for length in 0..<box.count {
            #expect(throws: SealedSecret.Refusal.self) {
                try SealedSecret.open(box.prefix(length), at: place, with: key)
            }
        }
    }
}
