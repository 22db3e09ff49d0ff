import Audit
import Authorization
import FoundationEssentials
import GitRepository
import Manifests
import OverlayNetwork
import SSHSignatures
import Sodium
import TestRepository
import Testing
import Trust

struct VerifyTests {
    private func verify(_ organization: Organization, pin: RootPin? = nil) async throws -> VerifyReport {
        try await RepositoryVerifier(organization.test.repository, pin: pin).verify()
    }

    private func errors(_ organization: Organization) async throws -> [String] {
        try await verify(organization).findings.filter { $0.severity == .error }.map { "\($0.place): \($0.reason)" }
    }

    @Test func aLifeIsVerified() async throws {
        let organization = try Organization()
        try await organization.live()
        let report = try await verify(organization)
        #expect(report.isVerified, "\(report.findings)")
        #expect(report.pin == organization.root.pin)
        #expect(!report.isPinned)
        #expect(report.states == 4)
        #expect(report.commits == 4)
        #expect(report.text.hasPrefix("verified\n"))
        let pinned = try await verify(organization, pin: organization.root.pin)
        #expect(pinned.isVerified && pinned.isPinned)
    }

    @Test func anotherRootIsNone() async throws {
        let organization = try Organization()
        try await organization.live()
        let report = try await verify(
            organization, pin: RootPin(ofPayload: Data([1])))
        #expect(!report.isVerified)
        #expect(report.text.hasPrefix("NOT VERIFIED: 1 error\n"))
        #expect(report.json.contains("\"isVerified\": false"))
    }

    @Test func aStateByAnotherKeyIsAnError() async throws {
        var organization = try Organization()
        try await organization.live()
        organization.publisher.key = organization.eve
        try await organization.commit(
            ["acme/tv.yaml": Acme.node("tv", key: 7)], by: organization.bob, seconds: Organization.start + 1_900_000)
        try await organization.publisher.publish()
        let found = try await errors(organization)
        #expect(found.count == 1)
        #expect(found.first?.contains("which no root document names for state commits") == true)
    }

    @Test func anUnsignedStateIsAnError() async throws {
        var organization = try Organization()
        organization.publisher.key = nil
        try await organization.live()
        #expect(try await errors(organization) == Array(repeating: "state: it is not signed", count: 4))
    }

    @Test func whatDoesNotFollowIsAnError() async throws {
        let organization = try Organization()
        try await organization.live()
        try await organization.commit(
            ["acme/tv.yaml": Acme.node("tv", key: 7)], by: organization.bob, seconds: Organization.start + 1_900_000)
        try await organization.publisher.publish { state in
            state.height = 9
            state.tenants["acme"]?.cvlans["office"]?.nodes["db"]?.generation = 1
        }
        let found = try await errors(organization)
        #expect(found.contains { $0 == "state: height 9 after 4" })
        #expect(found.contains { $0.hasPrefix("node acme/db: generation 1 after") })
        #expect(found.contains { $0.hasPrefix("replay: node acme/office/db: generation") })
    }

    /// The controllers go on from what was published; whoever takes commits away from main is found.
    @Test func aSourceThatIsNotOnMainIsAnError() async throws {
        let organization = try Organization()
        try await organization.live()
        let tip = try #require(try await organization.test.repository.tip(of: "main"))
        let parent = try #require(try await organization.test.repository.commit(tip).parents.first)
        try organization.test.setReference("refs/heads/main", to: "\(parent)")
        #expect(try await errors(organization).contains { $0.hasSuffix("is not on main") })
    }

    @Test func refusedCommitsAreTold() async throws {
        let organization = try Organization()
        try await organization.live()
        try await organization.commit(
            ["acme/tenant.yaml": Acme.tenant], by: organization.eve, seconds: Organization.start + 1_900_000)
        let report = try await verify(organization)
        #expect(report.isVerified, "\(report.findings)")
        #expect(report.findings.map(\.severity) == [.note])
        #expect(report.findings.first?.reason.contains("needs the role admin of acme") == true)
    }

    private static let other: [String: String?] = [
        "other/tenant.yaml": "apiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { name: other }\nspec: {}\n",
        "other/lab.yaml": """
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: other, name: lab }
        spec: { cidrs: [10.200.0.0/24] }
        """,
    ]

    /// What is refused holds back its tenant and nobody else, and that is computed again, too.
    @Test func aStateWithoutWhatIsRefusedIsRight() async throws {
        let organization = try Organization()
        try await organization.live()
        try await organization.commit(
            ["acme/tv.yaml": Acme.node("tv", key: 7)], by: organization.eve, seconds: Organization.start + 1_900_000)
        try await organization.commit(Self.other, by: organization.ann, seconds: Organization.start + 1_900_001)
        let state = try #require(try await organization.publisher.publish())
        let report = try await verify(organization)
        #expect(report.isVerified, "\(report.findings)")
        #expect(report.findings.map(\.severity) == [.note])
        let replay = try await ReplayRequest(organization.test.repository, stateBranch: TestPublisher.branch)
            .replay("\(state)")
        #expect(replay.isIdentical, "\(replay.differences)")
        #expect(replay.recorded.tenants["acme"]?.published("tv") == nil)
    }

    /// A controller that somebody else commands has its keys, and cannot make what nobody may change follow from git.
    @Test func aStateWithWhatIsRefusedIsAnError() async throws {
        var organization = try Organization()
        try await organization.live()
        try await organization.commit(
            ["acme/tv.yaml": Acme.node("tv", key: 7)], by: organization.eve, seconds: Organization.start + 1_900_000)
        organization.publisher.root = nil
        try await organization.publisher.publish()
        #expect(try await errors(organization).contains { $0.hasPrefix("replay: node acme/office/tv: ") })
    }

    /// An approval makes a refused commit count, and is kept where deleting notes does not reach it.
    @Test func whatIsApprovedCounts() async throws {
        var organization = try Organization()
        try await organization.live()
        let commit = try await organization.commit(
            ["acme/tv.yaml": Acme.node("tv", key: 7)], by: organization.eve, seconds: Organization.start + 1_900_000)
        let statement = try #require(
            ApprovalStatement(
                .approval, of: commit, by: "ann", at: Timestamp(secondsSince1970: Organization.start + 1_900_060)))
        let text = try SignedStatement(statement, by: organization.ann).text
        let source = try #require(SourceCommit("\(commit)"))
        organization.publisher.evidence.approvals[source] = Array(text.utf8)
        organization.publisher.approvals.approvals[commit] = [Approvals.Approval(key: organization.ann.key)]
        try #require(try await organization.publisher.publish() != nil)
        let report = try await verify(organization)
        #expect(report.findings.isEmpty, "\(report.findings)")
        let timeline = try await TimelineReader(organization.test.repository).read(AuditFilter())
        let approvals = timeline.entries.compactMap { entry in
            if case .approval(let approval) = entry { approval } else { nil }
        }
        #expect(approvals.map(\.approver) == ["ann"])
        #expect(approvals.map(\.commit) == [commit])
        #expect(approvals.map(\.isRecorded) == [true])
        // Whoever takes it away again, with the controller's key even, is found.
        let repository = organization.test.repository
        let tip = try #require(try await repository.tip(of: TestPublisher.branch))
        let author = Identity(name: "nobody", email: "nobody@example.org", seconds: Organization.start + 2_000_000)
        let forged = try await repository.makeCommit(
            ["approvals/\(commit)": .remove, "roots/1.dsse": .write("x")], onTreeOf: tip, parents: [tip],
            author: author, committer: author, message: "clean up",
            signedBy: TestPublisher.signer(SSHPrivateKey(organization.stateKey)))
        try organization.test.setReference("refs/heads/" + TestPublisher.branch, to: "\(forged)")
        let found = try await errors(organization)
        #expect(found.contains("approvals/\(commit): approvals were removed"))
        #expect(found.contains("roots/1.dsse: a root document was changed or removed"))
    }

    /// Who has lost their role since stands for it still, whatever is said of the commit later.
    @Test func whatWasKeptCountsThoughMoreIsSaid() async throws {
        var organization = try Organization()
        try await organization.live()
        let start = Organization.start + 1_900_000
        let commit = try await organization.commit(
            ["acme/tv.yaml": Acme.node("tv", key: 7)], by: organization.eve, seconds: start)
        let source = try #require(SourceCommit("\(commit)"))
        let words = try [organization.bob, organization.eve].map { key in
            let time = Timestamp(secondsSince1970: start + 60)
            let statement = try #require(ApprovalStatement(.approval, of: commit, by: "somebody", at: time))
            return try SignedStatement(statement, by: key).text
        }
        organization.publisher.evidence.approvals[source] = Array(words[0].utf8)
        organization.publisher.approvals.approvals[commit] = [Approvals.Approval(key: organization.bob.key)]
        try #require(try await organization.publisher.publish() != nil)
        organization.publisher.approvals.approvals[commit] = [
            Approvals.Approval(key: organization.bob.key, isRecorded: true)
        ]
        try await organization.commit(["acme/tenant.yaml": Acme.tenant], by: organization.ann, seconds: start + 100)
        try #require(try await organization.publisher.publish() != nil)
        organization.publisher.evidence.approvals[source] = Array(words.joined(separator: "\n").utf8)
        try #require(try await organization.publisher.publish() != nil)
        let report = try await verify(organization)
        #expect(report.findings.isEmpty, "\(report.findings)")
    }

    @Test func aRootThatIsChangedOrForgedIsAnError() async throws {
        var organization = try Organization()
        try await organization.live()
        let other = SSHPrivateKey(Ed25519.PrivateKey())
        organization.publisher.key = other
        var forged = organization.root.document
        forged.version = 2
        let key = Ed25519.PrivateKey()
        forged.keys = [
            RootDocument.Key(key.publicKey, roles: [.root])
        ]
        organization.publisher.evidence.roots[2] = try TrustedRoot(signing: forged, by: [key]).envelope
            .serializedBytes()
        try await organization.commit(
            ["acme/tv.yaml": Acme.node("tv", key: 7)], by: organization.bob, seconds: Organization.start + 1_900_000)
        try await organization.publisher.publish()
        let found = try await errors(organization)
        #expect(found.contains { $0.hasPrefix("roots: root document 2 does not follow") })
    }
}
