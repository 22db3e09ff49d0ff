import Audit
import GitRepository
import Manifests
import OverlayNetwork
import Reconciling
import TestRepository
import Testing

struct ReplayTests {
    let test: TestRepository
    let publisher: TestPublisher

    init() throws {
        test = try TestRepository()
        publisher = TestPublisher(test)
    }

    private static let start: [String: String?] = [
        "acme/tenant.yaml": Acme.tenant, "acme/office.yaml": Acme.office,
        "acme/laptop.yaml": Acme.node("laptop", key: 1), "acme/db.yaml": Acme.node("db", key: 2),
        "acme/access.yaml": Acme.policy(Acme.rule("sql", from: "laptop", to: "db", ports: "tcp/5432")),
    ]

    private func replay(_ revision: ObjectID) async throws -> StateReplay {
        try await ReplayRequest(test.repository, stateBranch: TestPublisher.branch).replay("\(revision)")
    }

    /// Every state of a life with gaps, held-back commits, expiry, and losses that a commit allows.
    @Test func everyStateIsComputedAgain() async throws {
        try await test.commit(Self.start)
        var states = [try await publisher.publish()]
        for index in 3..<12 {
            let spec = index == 5 ? "expires: 2027-01-15T08:00:01Z" : ""
            try await test.commit(
                ["acme/n\(index).yaml": Acme.node("n\(index)", key: UInt8(index), spec: spec)],
                seconds: 1_700_000_000 + Int64(index))
            states.append(try await publisher.publish())
        }
        // Only the time goes on: n5 expires.
        states.append(try await publisher.publish(now: 1_800_000_002))
        // Held back, as it has no tenant's network; then too much is lost, then that is allowed.
        try await test.commit(["acme/n6.yaml": "kind: Node\n"])
        #expect(try await publisher.publish(now: 1_800_000_002) == nil)
        let gone = Dictionary(uniqueKeysWithValues: (3..<12).map { ("acme/n\($0).yaml", String?.none) })
        try await test.commit(gone)
        #expect(try await publisher.publish(now: 1_800_000_002) == nil)
        try await test.commit([:], message: "prune\n\nAllow-Prune: acme/office\n")
        states.append(try await publisher.publish(now: 1_800_000_002))
        #expect(states.count == 12)
        for state in states {
            let replay = try await replay(try #require(state))
            #expect(replay.isIdentical, "\(replay.differences)")
        }
        // In their order, too.
        var replayer = StateReplayer(test.repository)
        let history = try await StateHistory(TestPublisher.branch, in: test.repository)
        #expect(history.commits.map(\.id) == states.compactMap { $0 })
        for commit in history.commits {
            let replay = try await replayer.replay(commit, without: .none)
            #expect(replay.isIdentical, "\(replay.differences)")
        }
    }

    @Test func whatWasChangedIsNamed() async throws {
        try await test.commit(Self.start)
        let state = try await publisher.publish { state in
            state.tenants["acme"]?.cvlans["office"]?.nodes["db"]?.digest = ContentDigest(of: [1])
        }
        let replay = try await replay(try #require(state))
        #expect(replay.differences.map(\.place) == ["node acme/office/db"])
        #expect(replay.differences.map(\.field) == ["digest"])
        #expect(ReplayReport(replay).text.hasPrefix("DIFFERENT: height 1, "))
        #expect(ReplayReport(replay).json.contains("\"isIdentical\": false"))
    }

    @Test func heightAndTimeAreHeldAgainstTheParent() async throws {
        try await test.commit(Self.start)
        let state = try await publisher.publish {
            $0.height = 7
            $0.evaluationTime = Timestamp(secondsSince1970: 1_750_000_000)
        }
        let replay = try await replay(try #require(state))
        #expect(replay.differences.first?.description == "the state: height: recorded 7, computed 1")
        #expect(replay.differences.contains { $0.field == "evaluation time" })
    }

    /// A commit of main stands for what was published from it; one that changed nothing says so.
    @Test func aCommitOfMainIsTheStateFromIt() async throws {
        let first = try await test.commit(Self.start)
        let state = try await publisher.publish()
        let second = try await test.commit(["README.md": "hello"])
        #expect(try await publisher.publish() == nil)
        #expect(try await replay(first).commit.id == state)
        await #expect(throws: AuditError.self) { try await replay(second) }
    }

    @Test func settingsOfTheCommitDecide() async throws {
        var publisher = publisher
        publisher.settings = StateSettings(pruneLimit: try #require(PruneLimit(percent: 100)))
        var files = Self.start
        for index in 3..<12 { files["acme/n\(index).yaml"] = Acme.node("n\(index)", key: UInt8(index)) }
        try await test.commit(files)
        try await publisher.publish()
        try await test.commit(Dictionary(uniqueKeysWithValues: (3..<12).map { ("acme/n\($0).yaml", String?.none) }))
        let state = try await publisher.publish()
        let replay = try await replay(try #require(state))
        #expect(replay.isIdentical)
        #expect(replay.settings == publisher.settings)
        // Without them, the usual limit would have held the tenant back.
        try test.setReference("refs/heads/" + TestPublisher.branch, to: "\(replay.commit.parents[0])")
        publisher.writesSettings = false
        let silent = try await publisher.publish()
        let other = try await self.replay(try #require(silent))
        #expect(other.settings == nil)
        #expect(!other.isIdentical)
        #expect(ReplayReport(other).text.contains("does not say with which settings"))
    }

    @Test func aConfigIsTheOneThatWasPublished() async throws {
        try await test.commit(Self.start)
        let state = try await publisher.publish()
        let replay = try await replay(try #require(state))
        let config = try #require(replay.config(of: NodeKey(tenant: "acme", node: "laptop")))
        let recorded = try #require(replay.recorded.tenants["acme"]?.published("laptop"))
        #expect(config.node.digest == recorded.digest)
        #expect(config.node.generation == 1)
        #expect(!config.segments.isEmpty)
        let json = try config.json()
        #expect(json.contains("\"digest\":\"\(recorded.digest)\""))
        #expect(json.contains("\"node\":\"db\""))
        #expect(replay.config(of: NodeKey(tenant: "acme", node: "nobody")) == nil)
    }
}
