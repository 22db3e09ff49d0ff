import Agent
import Controllers
import Foundation
import Logging
import Sodium
import Testing
import Trust
import WireFormat

/// Timestamps from a real controller to a real agent: that a controller that is frozen is noticed.
struct FreshnessTests {
    private let fleet = Fleet()
    private let clock = TestClock(Date())

    private func run(
        _ body: @Sendable @escaping (RunningController, GitServer) async throws -> Void
    ) async throws {
        let git = try await GitServer()
        try await git.commit(fleet.files)
        let change: (inout ControllerService.Options) -> Void = { $0.sessions.heartbeat = .milliseconds(500) }
        try await RunningController.with(TestController(git.bare), clock: clock, change) { try await body($0, git) }
    }

    private var laptop: Machine { Machine("laptop", key: fleet.clientKey) }

    /// An agent of the declared node `laptop`, with a clock of its own, until the closure ends. There is no `cvland`.
    private func withAgent(
        of running: RunningController, clock: TestClock, _ body: (StateDirectory) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder("agent")
        let directory = try StateDirectory(path: folder.path + "/state")
        try KeyFile(folder.path + "/state/keys/wireguard.key").write(fleet.clientKey)
        let invitation = try Invitation(
            token: nil, controller: running.url, root: running.controller.pin.description, tenant: "acme",
            node: "laptop")
        _ = try await Enrollment.enroll(invitation, directory: directory, endpoints: [])
        var options = AgentService.Options(
            recheck: .milliseconds(50), reportInterval: .milliseconds(100), requiresFresh: true)
        options.now = { clock.now }
        let service = try AgentService(
            directory: directory, dataPathSocket: folder.path + "/no-cvland", options: options,
            logger: Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() })
        let agent = Task { try await service.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(directory))
        } catch {
            result = .failure(error)
        }
        agent.cancel()
        try await agent.value
        try result.get()
    }

    private func node(_ running: RunningController) async throws -> NodeDocument? {
        try await Curl(running: running).json(NodesDocument.self, "/v1/nodes").nodes.first { $0.name == "laptop" }
    }

    @Test func everyConfigIsVouchedForAndSoIsTheAgentsAtOnce() async throws {
        try await run { running, _ in
            let agent = try await laptop.enrolled(with: running)
            let update = try #require(try await agent.watch().next())
            let verifier = ConfigVerifier(root: try running.controller.keys.root, tenant: "acme", node: "laptop")
            let segments = Dictionary(
                update.segments.map { (WireSegment.digest(ofEncoded: $0), $0) }, uniquingKeysWith: { first, _ in first }
            )
            let config = try verifier.verify(update.config, floor: nil, now: clock.now) { segments[$0] }
            let timestamp = try verifier.verify(
                timestamp: update.timestamp, inForce: config.floor, last: nil, now: clock.now)
            #expect(timestamp.timestamp.expires.timeIntervalSince(timestamp.timestamp.issuedAt) == 3600)
            let heartbeat = try #require(try await agent.watch(from: 1).next { _ in true })
            #expect(heartbeat.heartbeat && heartbeat.hasTimestamp)
        }
    }

    @Test func aTimestampIsSignedAnewAtHalfOfItsLifeAndNotBefore() async throws {
        try await run { running, _ in
            let start = clock.now
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch(from: 1)
            let first = try #require(try await watch.next { _ in true })
            clock.set(start + 1790)
            // One and the same poke brings the look at the repository: whatever comes before has none.
            let plain = try #require(try await watch.next { _ in true })
            #expect(first.hasTimestamp && !plain.hasTimestamp)
            clock.set(start + 1802)
            let second = try #require(try await watch.next { $0.hasTimestamp })
            let payload = try WireTimestamp(serializedBytes: second.timestamp.payload)
            #expect(payload.issuedAt >= Int64(start.timeIntervalSince1970) + 1800)
        }
    }

    /// Agents refused what it said of the time to come; now it is not to be silent until that has come.
    @Test func aControllerWhoseClockIsSetRightVouchesAgainAtOnce() async throws {
        try await run { running, _ in
            let start = clock.now
            let agent = try await laptop.enrolled(with: running)
            let watch = try agent.watch(from: 1)
            clock.set(start + 86400)
            let ahead = Int64(start.timeIntervalSince1970) + 80_000
            let issuedAt: @Sendable (WireUpdate) -> Int64 = {
                (try? WireTimestamp(serializedBytes: $0.timestamp.payload).issuedAt) ?? 0
            }
            let wrong = try await watch.next { $0.hasTimestamp && issuedAt($0) > ahead }
            #expect(wrong != nil)
            clock.set(start + 60)
            let right = try await watch.next { $0.hasTimestamp && issuedAt($0) < ahead }
            #expect(right != nil)
        }
    }

    /// Its clock stands still, or it signs no more: all else works.
    @Test func aFrozenControllerIsNoticedAndForwardingGoesOn() async throws {
        try await run { running, git in
            let own = TestClock(clock.now)
            try await withAgent(of: running, clock: own) { directory in
                try await eventually("vouched for") { try await node(running)?.vouchedUntil != nil }
                let before = try await node(running)
                #expect(before?.observedGeneration == 1)
                #expect(before?.stale == nil)

                own.set(own.now + 3601)
                try await eventually("stale") { try await node(running)?.stale != nil }
                let stale = try await node(running)
                #expect(stale?.stale?.contains("has not vouched for this configuration since") == true)
                // What it runs stays, and is stored.
                #expect(stale?.observedGeneration == 1)
                let stored = try #require(try AgentStore(path: directory.database).config())
                #expect(try WireNodeConfig(serializedBytes: stored.envelope.payload).generation == 1)
                let status = try await Curl(running: running).json(StatusDocument.self, "/v1/status")
                #expect(status.stale == 1)
                let token = try Curl(running: running).token
                let metrics = try await Curl(running: running).get("/metrics", token).body
                #expect(String(decoding: metrics, as: UTF8.self).contains("cvlan_nodes_stale{tenant=\"acme\"} 1\n"))

                // It lives again.
                clock.set(own.now)
                try await eventually("fresh again") { try await node(running)?.stale == nil }
                #expect(try await node(running)?.observedGeneration == 1)
            }
        }
    }

    /// A controller that cannot see the repository does not vouch for what it knows of it.
    @Test func aControllerThatIsCutOffFromGitVouchesForNothingNew() async throws {
        try await run { running, git in
            let agent = try await laptop.enrolled(with: running)
            let start = clock.now
            let seen = try #require(running.service.board.lastConfirmed)
            try FileManager.default.moveItem(atPath: git.bare, toPath: git.bare + ".gone")
            try await eventually("trouble") { !running.service.status.current.trouble.isEmpty }
            clock.set(start + 7200)
            let failures = running.service.status.current.failures
            running.service.loop.poke()
            try await eventually("tried again") { running.service.status.current.failures > failures }
            let update = try #require(try await agent.watch(from: 1).next { _ in true })
            let payload = try WireTimestamp(serializedBytes: update.timestamp.payload)
            #expect(payload.issuedAt < Int64(start.timeIntervalSince1970) + 60)
            #expect(payload.issuedAt >= Int64(seen.timeIntervalSince1970))
            try FileManager.default.moveItem(atPath: git.bare + ".gone", toPath: git.bare)
        }
    }

    /// Somebody who has recorded what the controller once said, and keeps from the agent what it says now.
    @Test func replayedUpdatesAreRefusedAndRunOut() async throws {
        try await run { running, git in
            let start = clock.now
            let curl = try await laptop.enrolled(with: running)
            let watch = try curl.watch()
            let first = try #require(try await watch.next())
            clock.set(start + 1802)
            _ = try await curl.post("/v1/agent/report", try WireReport.of(first))
            let second = try #require(try await watch.next { $0.hasTimestamp })
            let commit = try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/80")])
            try await running.reconciled(to: commit)
            let third = try #require(try await watch.next())

            let folder = try TemporaryFolder("replay")
            let identity = try JSONDecoder().decode(
                AgentIdentity.self,
                from: Data(#"{"tenant": "acme", "node": "laptop", "controller": "", "root": ""}"#.utf8))
            let agent = try ConfigInForce(
                store: AgentStore(path: folder.path + "/agent.sqlite"), root: running.controller.keys.root,
                identity: identity, logger: Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() })
            let take = { (update: WireUpdate, seconds: TimeInterval) async throws in
                let segments = Dictionary(
                    update.segments.map { (WireSegment.digest(ofEncoded: $0), $0) }, uniquingKeysWith: { a, _ in a })
                if update.hasConfig {
                    _ = try await agent.take(update.config, segments: segments, now: start + seconds)
                }
                _ = try await agent.take(timestamp: update.timestamp, now: start + seconds)
            }
            let refusal = { (update: WireUpdate, seconds: TimeInterval) async -> ConfigRefusal.Reason? in
                do {
                    try await take(update, seconds)
                    return nil
                } catch {
                    return (error as? ConfigRefusal)?.reason
                }
            }
            #expect(await refusal(first, 10) == nil)
            #expect(await refusal(second, 1810) == nil)
            // The first again: its config is in force, its time is over by then.
            #expect(await refusal(first, 1820) == .oldTimestamp)
            #expect(await refusal(second, 1830) == nil)
            #expect(await agent.freshness(at: start + 5000).state == .fresh)
            #expect(await refusal(second, 5500) == .expiredTimestamp)
            #expect(await agent.freshness(at: start + 5500).state == .ranOut)
            // The new timestamp without the new config, which somebody holds back.
            var withheld = third
            withheld.clearConfig()
            #expect(await refusal(withheld, 1840) == .missingConfig)
            #expect(await refusal(third, 1850) == nil)
            #expect(await refusal(second, 1860) == .lowerGeneration)
            #expect(await agent.generation == 2)
        }
    }
}
