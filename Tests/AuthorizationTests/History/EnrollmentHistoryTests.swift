import Authorization
import Foundation
import GitRepository
import Manifests
import SSHSignatures
import Sodium
import Testing
import Trust

/// Commits of controllers that enrol nodes: what their key may, and no more.
struct EnrollmentHistoryTests {
    private let controller = SSHPrivateKey(Ed25519.PrivateKey())
    private let tokenKey = Ed25519.PrivateKey()
    private let holder = Ed25519.PrivateKey()
    private let nodeKey = X25519.PrivateKey().publicKey

    private func root(_ test: TestHistory) -> RootAuthority {
        RootAuthority(superadmins: test.root.superadmins, enrollmentKeys: [controller.key])
    }

    /// With acme's people, and who may sign its tokens.
    private func start(_ test: inout TestHistory, approval: String = "automatic") throws -> ObjectID {
        let key = try #require(TokenKey(publicKey: tokenKey.publicKey.bytes))
        let text = test.organization.acme() + "  enrollment: { approval: \(approval), tokenKeys: [\(key)] }\n"
        return try test.commit([Organization.tenantPath: text], on: test.first, by: test.organization.alice)
    }

    private func token(id: String = "t-1", uses: Int = 1, node: String? = nil) throws -> JoinToken {
        JoinToken(
            id: id, key: holder.publicKey, tenant: "acme", cvlans: ["office"], node: node, uses: uses,
            issuedAt: Date(timeIntervalSince1970: 0), expires: Date(timeIntervalSince1970: 2_000_000_000),
            root: try #require(RootPin("sha256:" + String(repeating: "ab", count: 32))), url: "https://c.example:1")
    }

    private func text(_ token: JoinToken, _ name: String) throws -> String {
        Node(
            token, name: name, publicKey: try #require(NodePublicKey(bytes: nodeKey.bytes)), endpoints: [],
            completing: nil
        ).yaml
    }

    private func message(_ token: JoinToken, _ name: String) throws -> String {
        let held = try HeldJoinToken(token, heldBy: holder, signedBy: tokenKey)
        let proof = JoinProof(token: held.token, node: name, signature: held.signature(for: name, nodeKey))
        return "enroll\n\n\(EnrollmentProofs.trailer): \(proof)"
    }

    @discardableResult
    private func enroll(
        _ names: [String], with token: JoinToken, on parent: ObjectID, in test: inout TestHistory,
        adding edits: [String: String?] = [:], message: String? = nil, by signer: SSHPrivateKey? = nil
    ) throws -> ObjectID {
        var all = edits
        var trailers: [String] = []
        for name in names {
            all["tenants/acme/\(name).yaml"] = try text(token, name)
            trailers += try [self.message(token, name)]
        }
        let lines = trailers.map { $0.replacing("enroll\n\n", with: "") }
        return try test.history.commit(
            all, on: [parent], by: signer ?? controller,
            message: message ?? "enroll\n\n" + lines.joined(separator: "\n"))
    }

    private func outstanding(_ tip: ObjectID, _ test: TestHistory, approvals: Approvals = Approvals()) async throws
        -> [String]
    {
        var judge = HistoryJudge(root: root(test), approvals: approvals)
        _ = try await judge.advance(to: tip, in: test.history)
        return judge.accepted.names
    }

    @Test func aNodeWithAProofEnrols() async throws {
        var test = try TestHistory()
        let start = try start(&test)
        let tip = try enroll(["laptop"], with: try token(), on: start, in: &test)
        let found1 = try await outstanding(tip, test)
        #expect(found1.isEmpty)
        var judge = HistoryJudge(root: root(test))
        let verdicts = try await judge.advance(to: tip, in: test.history)
        #expect(verdicts.map(\.isEnrollment) == [false, false, true])
        // The key is nothing where the root does not name it.
        let found2 = try await test.outstanding(tip)
        #expect(found2 == ["acme/Node/laptop"])
    }

    @Test func aControllerWithoutATokenEnrolsNobody() async throws {
        var test = try TestHistory()
        let start = try start(&test)
        let tip = try enroll(["laptop"], with: try token(), on: start, in: &test, message: "enroll\n")
        let found3 = try await outstanding(tip, test)
        #expect(found3 == ["acme/Node/laptop"])
        let changed = try enroll(
            [], with: try token(), on: start, in: &test,
            adding: [Organization.officePath: Organization.office(mtu: 1300), "tenants/acme/printer.yaml": nil])
        let found4 = try await outstanding(changed, test)
        #expect(found4 == ["acme/CVLAN/office", "acme/Node/printer"])
        let approvals = Approvals(approvals: [tip: [Approvals.Approval(key: test.organization.bob.key)]])
        let found5 = try await outstanding(tip, test, approvals: approvals)
        #expect(found5.isEmpty, "a member may stand for it")
    }

    @Test func aTokenForOneNodeEnrolsOne() async throws {
        var test = try TestHistory()
        let start = try start(&test)
        let first = try enroll(["laptop"], with: try token(), on: start, in: &test)
        let second = try enroll(["phone"], with: try token(), on: first, in: &test)
        let found6 = try await outstanding(second, test)
        #expect(found6 == ["acme/Node/phone"])
        let both = try enroll(["laptop", "phone"], with: try token(), on: start, in: &test)
        let found7 = try await outstanding(both, test)
        #expect(found7 == ["acme/Node/phone"])
        let twice = try enroll(["laptop", "phone"], with: try token(uses: 2), on: start, in: &test)
        let found8 = try await outstanding(twice, test)
        #expect(found8.isEmpty)
    }

    @Test func usesOfATokenAddUpOverBranches() async throws {
        var test = try TestHistory()
        let start = try start(&test)
        let main = try enroll(["laptop"], with: try token(), on: start, in: &test)
        let branch = try enroll(["phone"], with: try token(), on: start, in: &test)
        let merge = try test.commit(on: main, branch, by: nil)
        let found9 = try await outstanding(merge, test)
        #expect(found9 == ["acme/Node/phone"])
        // And what a branch used, main has used.
        let office = [Organization.officePath: Organization.office(mtu: 1300)]
        let other = try test.commit(office, on: start, by: test.organization.bob)
        let merged = try test.commit(on: other, branch, by: nil)
        let found10 = try await outstanding(merged, test)
        #expect(found10.isEmpty)
        let again = try enroll(["tablet"], with: try token(), on: merged, in: &test)
        let found11 = try await outstanding(again, test)
        #expect(found11 == ["acme/Node/tablet"])
    }

    /// A declaration of it elsewhere, which nobody has accepted, does not make it new.
    @Test func aNodeThatHasItsKeyKeepsIt() async throws {
        var test = try TestHistory()
        let start = try start(&test)
        let key = try #require(NodePublicKey(bytes: X25519.PrivateKey().publicKey.bytes))
        let own = Organization.manifest(
            "Node", "acme", "gw", "networks: [{ cvlan: office }], wireguard: { publicKey: \"\(key)\" }")
        let owned = try test.commit(["tenants/acme/gw.yaml": own], on: start, by: test.organization.bob)
        let taken = try enroll(["gw"], with: try token(), on: owned, in: &test)
        let found1 = try await outstanding(taken, test)
        #expect(found1 == ["acme/Node/gw"])
        let second = Organization.manifest("Node", "acme", "gw", "networks: [{ cvlan: office }]")
        let twice = try test.commit(["tenants/acme/second.yaml": second], on: owned, by: nil)
        let moved = try enroll(
            ["gw"], with: try token(), on: twice, in: &test, adding: ["tenants/acme/second.yaml": nil])
        let found2 = try await outstanding(moved, test)
        #expect(found2 == ["acme/Node/gw"])
    }

    @Test func aMemberReviewsWhereTheTenantWantsIt() async throws {
        var test = try TestHistory()
        let start = try start(&test, approval: "review")
        let tip = try enroll(["laptop"], with: try token(), on: start, in: &test)
        let found12 = try await outstanding(tip, test)
        #expect(found12 == ["acme/Node/laptop"])
        let keys: [(SSHPrivateKey, Bool)] = [(test.organization.bob, true), (test.organization.rita, false)]
        let office = [Organization.officePath: Organization.office(mtu: 1300)]
        let main = try test.commit(office, on: start, by: test.organization.bob)
        for (key, isMember) in keys {
            let approvals = Approvals(approvals: [tip: [Approvals.Approval(key: key.key)]])
            let found13 = try await outstanding(tip, test, approvals: approvals)
            #expect(found13.isEmpty == isMember)
            let merge = try test.commit(on: main, tip, by: key)
            let found14 = try await outstanding(merge, test)
            #expect(found14.isEmpty == isMember)
        }
        let unsigned = try test.commit(on: main, tip, by: nil)
        let found15 = try await outstanding(unsigned, test)
        #expect(found15 == ["acme/Node/laptop"])
        // Whoever merges what no token allows stands for nothing.
        let unproven = try enroll(["laptop"], with: try token(), on: start, in: &test, message: "enroll\n")
        let merge = try test.commit(on: main, unproven, by: test.organization.bob)
        let found16 = try await outstanding(merge, test)
        #expect(found16 == ["acme/Node/laptop"])
    }
}
