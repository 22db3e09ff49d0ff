import FoundationEssentials
import Sodium
import TestRandom
import Testing
import Trust

/// Who may use a token: whoever has its seed, and nobody who has seen it used.
struct JoinProofTests {
    private let key: Ed25519.PrivateKey
    private let held: HeldJoinToken
    private let node: X25519.PublicKey

    init() throws {
        let fixtures = try Fixtures()
        var generator = SeededRandom(3)
        key = try Fixtures.signingKey(&generator)
        let holder = try Fixtures.signingKey(&generator)
        let claims = JoinToken(
            id: "t-1", key: holder.publicKey, tenant: "acme", cvlans: ["office"], issuedAt: Fixtures.now,
            expires: Fixtures.now.addingTimeInterval(60), root: try fixtures.root().pin, url: "https://c.example:1")
        held = try HeldJoinToken(claims, heldBy: holder, signedBy: key)
        node = fixtures.nodeKey.publicKey
    }

    private func proof(_ name: String = "laptop") -> JoinProof {
        JoinProof(token: held.token, node: name, signature: held.signature(for: name, node))
    }

    private func refusal(
        _ proof: JoinProof, tenant: String = "acme", node name: String = "laptop", _ publicKey: [UInt8]? = nil,
        by keys: [Ed25519.PublicKey]? = nil, at seconds: TimeInterval = 0
    ) -> TokenError.Code? {
        do throws(TokenError) {
            _ = try proof.verified(
                tenant: tenant, node: name, publicKey: publicKey ?? node.bytes, by: keys ?? [key.publicKey],
                now: Fixtures.now.addingTimeInterval(seconds))
            return nil
        } catch {
            return error.code
        }
    }

    @Test func whoeverHoldsTheTokenGivesItToANode() {
        #expect(refusal(proof()) == nil)
    }

    @Test func theTextOfAProofIsTheProof() throws {
        let read = try #require(JoinProof(proof().description))
        #expect(refusal(read) == nil)
        #expect(read.description == proof().description)
    }

    @Test func theTextOfAHeldTokenIsTheToken() throws {
        let text = held.text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let read = try HeldJoinToken(text)
        #expect(read.signature(for: "laptop", node) == held.signature(for: "laptop", node))
    }

    @Test func aProofIsForItsTenantNodeAndKeyAlone() throws {
        var generator = SeededRandom(9)
        #expect(refusal(proof(), tenant: "globex") == .wrongTenant)
        #expect(refusal(proof(), node: "printer") == .wrongNode)
        #expect(
            refusal(
                JoinProof(token: held.token, node: "printer", signature: held.signature(for: "laptop", node)),
                node: "printer") == .wrongHolder)
        #expect(refusal(proof(), generator.bytes(32)) == .wrongHolder)
        #expect(refusal(JoinProof(token: held.token, node: "laptop", signature: [])) == .wrongHolder)
    }

    @Test func aProofIsWorthWhatItsTokenIs() {
        #expect(refusal(proof(), by: []) == .unknownKey)
        #expect(refusal(proof(), at: 59) == nil)
        #expect(refusal(proof(), at: 60) == .expired)
    }

    @Test func aTokenThatFixesTheNodeIsForNoOther() throws {
        var claims = held.token.claims
        claims.node = "printer"
        let holder = Ed25519.PrivateKey()
        claims.key = holder.publicKey
        let fixed = try HeldJoinToken(claims, heldBy: holder, signedBy: key)
        let proof = JoinProof(token: fixed.token, node: "laptop", signature: fixed.signature(for: "laptop", node))
        #expect(refusal(proof) == .wrongNode)
    }

    @Test func whatIsNoProofIsNotRead() {
        let text = proof().description
        let parts = text.split(separator: " ").map(String.init)
        for bad in [
            "", "laptop", "\(parts[0]) \(parts[1])", "\(text) x", " \(text)", "Lap_top \(parts[1]) \(parts[2])",
            "laptop \(parts[1]) \(parts[2].dropLast())", "laptop v4.public.AAAA \(parts[2])",
            "laptop  \(parts[1]) \(parts[2])",
        ] { #expect(JoinProof(bad) == nil) }
    }
}
