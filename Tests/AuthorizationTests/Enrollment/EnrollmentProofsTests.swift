import Authorization
import Foundation
import Manifests
import Sodium
import Testing
import Trust

/// Which nodes a commit may enrol by the tokens that it shows.
struct EnrollmentProofsTests {
    private let tokenKey = Ed25519.PrivateKey()
    private let holder = Ed25519.PrivateKey()
    private let publicKey = X25519.PrivateKey().publicKey

    private var tenant: Tenant {
        get throws { try tenant("acme") }
    }

    private func tenant(_ name: String) throws -> Tenant {
        var tenant = Tenant(metadata: Metadata(tenant: name, name: name))
        tenant.enrollment.tokenKeys = [Located(try #require(TokenKey(publicKey: tokenKey.publicKey.bytes)))]
        return tenant
    }

    private func claims(node: String? = nil, uses: Int = 1, id: String = "t-1") throws -> JoinToken {
        JoinToken(
            id: id, key: holder.publicKey, tenant: "acme", cvlans: ["office"], labels: ["team": "eng"], node: node,
            uses: uses, issuedAt: Date(timeIntervalSince1970: 0), expires: Date(timeIntervalSince1970: 100),
            root: try #require(RootPin("sha256:" + String(repeating: "ab", count: 32))), url: "https://c.example:1")
    }

    private func proof(_ claims: JoinToken, of node: String = "laptop") throws -> String {
        let held = try HeldJoinToken(claims, heldBy: holder, signedBy: tokenKey)
        return "\(JoinProof(token: held.token, node: node, signature: held.signature(for: node, publicKey)))"
    }

    private func node(_ claims: JoinToken, completing declared: Node? = nil) throws -> Node {
        Node(
            claims, name: "laptop", publicKey: try #require(NodePublicKey(bytes: publicKey.bytes)), endpoints: [],
            completing: declared)
    }

    private func refusal(
        _ node: Node, replacing before: Node? = nil, in tenant: Tenant, _ proofs: [String], at seconds: Int64 = 50
    ) -> EnrollmentProofRefusal? {
        do throws(EnrollmentProofRefusal) {
            _ = try EnrollmentProofs(proofs, at: seconds).token(for: node, replacing: before, in: tenant)
            return nil
        } catch {
            return error
        }
    }

    private func code(_ refusal: EnrollmentProofRefusal?) -> TokenError.Code? {
        if case .token(let error) = refusal { error.code } else { nil }
    }

    @Test func theHolderOfATokenEnrolsTheNodeThatItAllows() throws {
        let claims = try claims()
        #expect(refusal(try node(claims), in: try tenant, [try proof(claims)]) == nil)
    }

    @Test func whereItCanBeReachedIsTheNodesToSay() throws {
        let claims = try claims()
        var node = try node(claims)
        node.endpoints = [Located(try #require(NodeEndpoint("192.0.2.1:51820")))]
        #expect(refusal(node, in: try tenant, [try proof(claims)]) == nil)
    }

    @Test func aCommitWithoutAProofEnrolsNobody() throws {
        let claims = try claims()
        let node = try node(claims)
        #expect(refusal(node, in: try tenant, []) == .noProof)
        #expect(refusal(node, in: try tenant, [try proof(claims, of: "printer")]) == .noProof)
        #expect(refusal(node, in: try tenant, ["laptop v4.public.AAAA AAAA"]) == .noProof)
    }

    @Test func aProofForAnotherKeyIsRefused() throws {
        let claims = try claims()
        var node = try node(claims)
        node.publicKey = NodePublicKey(bytes: X25519.PrivateKey().publicKey.bytes)
        #expect(code(refusal(node, in: try tenant, [try proof(claims)])) == .wrongHolder)
        node.publicKey = nil
        #expect(refusal(node, in: try tenant, [try proof(claims)]) == .noProof)
    }

    @Test func aTokenForOneTenantEnrolsNobodyInAnother() throws {
        let claims = try claims()
        var node = try node(claims)
        node.metadata.tenant = "globex"
        #expect(code(refusal(node, in: try tenant("globex"), [try proof(claims)])) == .wrongTenant)
    }

    @Test func theTimeIsTheCommits() throws {
        let claims = try claims()
        #expect(refusal(try node(claims), in: try tenant, [try proof(claims)], at: 99) == nil)
        #expect(code(refusal(try node(claims), in: try tenant, [try proof(claims)], at: 100)) == .expired)
    }

    @Test func aKeyOfTheTenantHasToHaveSignedTheToken() throws {
        let claims = try claims()
        var tenant = try tenant
        tenant.enrollment.tokenKeys = []
        #expect(code(refusal(try node(claims), in: tenant, [try proof(claims)])) == .unknownKey)
    }

    @Test func aNodeIsNoMoreThanItsTokenMakesOfIt() throws {
        let claims = try claims()
        let changes: [(inout Node) -> Void] = [
            { $0.role = .gateway }, { $0.networks.append(Node.Membership(cvlan: Located("servers"))) },
            { $0.metadata.labels["admin"] = "yes" }, { $0.expires = Timestamp(secondsSince1970: 1) },
        ]
        for change in changes {
            var node = try node(claims)
            change(&node)
            #expect(refusal(node, in: try tenant, [try proof(claims)]) == .otherThanToken("t-1"))
        }
    }

    @Test func aDeclaredNodeWaitsForATokenThatNamesIt() throws {
        var declared = Node(metadata: Metadata(tenant: "acme", name: "laptop"))
        declared.role = .gateway
        let (named, open) = (try claims(node: "laptop"), try claims())
        let tenant = try tenant
        let completed = try node(named, completing: declared)
        #expect(refusal(completed, replacing: declared, in: tenant, [try proof(named)]) == nil)
        #expect(refusal(completed, replacing: declared, in: tenant, [try proof(open)]) == .notWaiting)
        // Nor does it lose what is declared of it, or the key that it has.
        #expect(
            refusal(try node(named), replacing: declared, in: tenant, [try proof(named)]) == .otherThanToken("t-1"))
        declared.publicKey = NodePublicKey(bytes: X25519.PrivateKey().publicKey.bytes)
        #expect(refusal(completed, replacing: declared, in: tenant, [try proof(named)]) == .notWaiting)
    }

    @Test func twoProofsOfOneNodeAreNone() throws {
        let proofs = [try proof(try claims()), try proof(try claims(id: "t-2"))]
        #expect(refusal(try node(try claims()), in: try tenant, proofs) == .severalProofs)
        let one = try proof(try claims())
        #expect(
            refusal(try node(try claims()), in: try tenant, Array(repeating: one, count: 1025)) == .severalProofs)
    }

    @Test func aTokenIsUsedAsOftenAsItSays() throws {
        var uses = TokenUses()
        let token = try claims(uses: 2)
        try uses.use(token)
        try uses.use(token)
        #expect(throws: EnrollmentProofRefusal.usedUp("t-1", uses: 2)) { try uses.use(token) }
        #expect(throws: Never.self) { try uses.use(try claims(id: "t-2")) }
    }
}
