import Foundation
import GitRepository
import TestPrograms
import TestRandom
import Testing

/// Mirrors of servers that speak git's real protocols on loopback.
@Suite struct RemoteTests {
    enum Transport: CaseIterable { case https, ssh }

    /// A server with one repository, someone who works with it, and what a mirror needs.
    struct Setup {
        let scratch: Scratch
        let work: WorkTree
        let bare: String
        let location: Location
        let credentials: Credentials
        let server: AnyObject

        init(_ transport: Transport) throws {
            scratch = try Scratch()
            (bare, work) = try scratch.makePair()
            try Command.run("git", "-C", bare, "config", "http.receivepack", "true")
            try Command.run("git", "-C", bare, "config", "receive.denyNonFastForwards", "false")
            var credentials = Credentials()
            switch transport {
            case .https:
                let server = try HTTPSServer(scratch, root: scratch.path)
                location = try Location("https://localhost:\(server.port)/origin.git")
                credentials.caFile = server.caFile
                credentials.httpsTokenFile = server.tokenFile
                self.server = server
            case .ssh:
                let server = try SSHServer(scratch)
                location = try Location("ssh://\(server.user)@127.0.0.1:\(server.port)\(bare)")
                credentials.sshKeyFile = server.keyFile
                credentials.knownHostsFile = server.knownHostsFile
                self.server = server
            }
            self.credentials = credentials
        }

        func mirror(
            _ name: String = "mirror.git", credentials other: Credentials? = nil, limits: Limits = Limits()
        ) throws -> Repository {
            try Repository(
                at: location, mirror: scratch.file(name), credentials: other ?? credentials, limits: limits)
        }
    }

    @Test(arguments: Transport.allCases) func aMirrorFollowsItsServer(transport: Transport) async throws {
        let setup = try Setup(transport)
        let mirror = try setup.mirror()
        try await mirror.fetch()
        #expect(try await mirror.tip(of: "main") == nil)

        try setup.work.write("a", "1")
        let first = try setup.work.commit("1")
        try setup.work.git("branch", "other")
        try setup.work.push("main", "other")
        try await mirror.fetch()
        #expect(try await mirror.tip(of: "main") == first)
        #expect(try await mirror.tip(of: "other") == nil)
        #expect(try await mirror.entries(of: first).map(\.path) == ["a"])

        try setup.work.git("reset", "-q", "--hard", "\(first)")
        try setup.work.git("commit", "-q", "--amend", "-m", "rewritten")
        try setup.work.push("--force", "main")
        try await mirror.fetch()
        #expect(try await mirror.tip(of: "main") == setup.work.head())

        let state = try setup.work.id("main")
        try setup.work.push("main:cvlan-state")
        try await setup.mirror().fetch()
        #expect(try await mirror.tip(of: "cvlan-state") == state)
        try setup.work.push(":cvlan-state")
        try await mirror.fetch()
        #expect(try await mirror.tip(of: "cvlan-state") == nil)
        #expect(try await mirror.tip(of: "main") == setup.work.head())
    }

    @Test(arguments: Transport.allCases) func publishingHoldsOnlyWhatWasExpected(transport: Transport) async throws {
        let setup = try Setup(transport)
        let (one, two) = (try setup.mirror("one.git"), try setup.mirror("two.git"))
        func commit(_ text: String, on parent: ObjectID?, in mirror: Repository) async throws -> ObjectID {
            try await mirror.makeCommit(
                ["state": .write(text)], onTreeOf: parent, parents: parent.map { [$0] } ?? [], author: tester,
                committer: tester, message: text)
        }
        let first = try await commit("1", on: nil, in: one)
        try await one.publish(first, to: "cvlan-state", replacing: nil)
        #expect(try Command.run("git", "-C", setup.bare, "rev-parse", "cvlan-state") == "\(first)\n")
        #expect(try await one.tip(of: "cvlan-state") == first)

        // The second replica has not seen it.
        let late = try await commit("late", on: nil, in: two)
        let error = await gitError { try await two.publish(late, to: "cvlan-state", replacing: nil) }
        #expect(error?.code == .rejected)
        #expect(try await two.tip(of: "cvlan-state") == nil)
        try await two.fetch()
        #expect(try await two.tip(of: "cvlan-state") == first)
        let second = try await commit("2", on: first, in: two)
        try await two.publish(second, to: "cvlan-state", replacing: first)

        // A fast-forward of what is there, but not of what was expected to be there.
        try await one.fetch()
        let third = try await commit("3", on: second, in: one)
        let stale = await gitError { try await one.publish(third, to: "cvlan-state", replacing: first) }
        #expect(stale?.code == .rejected)
        // Expected right, but no fast-forward.
        let aside = try await commit("aside", on: first, in: one)
        let forced = await gitError { try await one.publish(aside, to: "cvlan-state", replacing: second) }
        #expect(forced?.code == .rejected)
        #expect(try Command.run("git", "-C", setup.bare, "rev-parse", "cvlan-state") == "\(second)\n")
        try Command.run("git", "-C", setup.bare, "fsck", "--strict", "--no-dangling")
    }

    @Test(arguments: Transport.allCases) func aDecliningHookIsARefusal(transport: Transport) async throws {
        let setup = try Setup(transport)
        try setup.scratch.write("origin.git/hooks/update", "#!/bin/sh\nexit 1\n", mode: 0o755)
        let mirror = try setup.mirror()
        let commit = try await mirror.makeCommit(
            ["a": .write("1")], onTreeOf: nil, parents: [], author: tester, committer: tester, message: "x")
        let error = await gitError { try await mirror.publish(commit, to: "cvlan-state", replacing: nil) }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("hook declined") == true, "\(error?.message ?? "")")
        #expect(try await mirror.tip(of: "cvlan-state") == nil)
    }

    @Test func readingGoesOnWhileFetching() async throws {
        let setup = try Setup(.https)
        let commit = try setup.work.commit("1")
        try setup.work.push("main")
        let mirror = try setup.mirror()
        try await mirror.fetch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await mirror.fetch() } }
            for _ in 0..<200 { #expect(try await mirror.commit(commit).subject == "1") }
            try await group.waitForAll()
        }
    }

    @Test(arguments: Transport.allCases) func aServerThatSaysNothingTimesOut(transport: Transport) async throws {
        let scratch = try Scratch()
        let port = try LoopbackPort(listens: true)
        defer { withExtendedLifetime(port) {} }
        var limits = Limits()
        limits.networkSeconds = 1
        let location = try Location(
            transport == .https ? "https://localhost:\(port.number)/x" : "ssh://git@127.0.0.1:\(port.number)/x")
        let mirror = try Repository(at: location, mirror: scratch.file("m"), limits: limits)
        let start = ContinuousClock.now
        let error = await gitError { try await mirror.fetch() }
        #expect(error?.code == .timedOut && error?.mayRetry == true)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test(arguments: Transport.allCases) func aClosedPortIsUnreachable(transport: Transport) async throws {
        let scratch = try Scratch()
        let port = try LoopbackPort(listens: false)
        defer { withExtendedLifetime(port) {} }
        let location = try Location(
            transport == .https ? "https://localhost:\(port.number)/x" : "ssh://git@127.0.0.1:\(port.number)/x")
        let mirror = try Repository(at: location, mirror: scratch.file("m"))
        let error = await gitError { try await mirror.fetch() }
        #expect(error?.code == .unreachable && error?.mayRetry == true)
    }

    @Test(arguments: Transport.allCases) func aTransferBeyondItsLimitIsCutOff(transport: Transport) async throws {
        let setup = try Setup(transport)
        var random = SeededRandom(1)
        try setup.work.write("noise", (0..<200_000).map { _ in String(random.next(), radix: 36) }.joined())
        try setup.work.commit("noise")
        try setup.work.push("main")
        var limits = Limits()
        limits.fetchBytes = 64 << 10
        let mirror = try setup.mirror(limits: limits)
        let error = await gitError { try await mirror.fetch() }
        #expect(error?.code == .tooLarge)
        #expect(try await mirror.tip(of: "main") == nil)
    }
}
