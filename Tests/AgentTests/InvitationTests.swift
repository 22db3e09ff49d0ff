import Agent
import Foundation
import Sodium
import Testing
import Trust

@Suite struct InvitationTests {
    private static let pin = "sha256:" + String(repeating: "ab", count: 32)

    private func token(node: String? = nil) throws -> String {
        let now = Date()
        let holder = Ed25519.PrivateKey()
        let claims = JoinToken(
            id: "t1", key: holder.publicKey, tenant: "acme", cvlans: ["office"], node: node, issuedAt: now,
            expires: now + 60,
            root: try #require(RootPin(Self.pin)), url: "https://cvlan.example:8443"
        )
        let token = try HeldJoinToken(claims, heldBy: holder, signedBy: Ed25519.PrivateKey())
        return token.text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func tokenSaysEverything() throws {
        let invitation = try Invitation(token: token(), controller: nil, root: nil, tenant: nil, node: "laptop-2")
        #expect(invitation.controller == "https://cvlan.example:8443")
        #expect(invitation.tenant == "acme")
        #expect(invitation.node == "laptop-2")
        #expect(invitation.root.description == Self.pin)
    }

    @Test func tokenThatFixesTheNameWins() throws {
        let invitation = try Invitation(
            token: token(node: "printer"), controller: nil, root: nil, tenant: nil, node: "laptop-2")
        #expect(invitation.node == "printer")
    }

    @Test func contradictionIsRefusedWithBothValues() throws {
        let error = #expect(throws: InvitationError.self) {
            try Invitation(token: token(), controller: nil, root: nil, tenant: "globex", node: "n")
        }
        #expect(error?.description == "--tenant globex contradicts the token, which says acme")
    }

    @Test func withoutTokenEveryOptionIsNeeded() {
        let error = #expect(throws: InvitationError.self) {
            try Invitation(token: nil, controller: "https://c:1", root: nil, tenant: "acme", node: "n")
        }
        #expect(error?.description == "without a token --root is needed")
    }

    /// What the controller gets, and git has, is not what a machine joins with.
    @Test func tokenWithoutItsSeedIsNone() throws {
        let whole = try token()
        let parts = whole.split(separator: "~")
        let other = try token().split(separator: "~")
        for text in [String(parts[0]), "\(parts[0])~", "\(parts[0])~\(other[1])", "\(whole)~"] {
            #expect(throws: InvitationError.self) {
                try Invitation(token: text, controller: nil, root: nil, tenant: nil, node: "n")
            }
        }
    }

    @Test(arguments: ["v4.public.AAAA", "", "hello", "v4.local.AAAA"])
    func garbageIsNoToken(text: String) {
        #expect(throws: InvitationError.self) {
            try Invitation(token: text, controller: nil, root: nil, tenant: nil, node: "n")
        }
    }

    @Test func nameThatIsNoLabelIsRefused() throws {
        #expect(throws: InvitationError.self) {
            try Invitation(token: token(), controller: nil, root: nil, tenant: nil, node: "Bad_Name")
        }
    }
}
