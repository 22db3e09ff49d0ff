import Controllers
import Foundation
import SSHSignatures
import Sodium
import Testing

/// Whose commits count on the state branch, and that it never goes back.
struct StateBranchTests {
    private let git: GitServer
    private let controller: TestController
    private let service: ControllerService
    private let fleet = Fleet()

    /// Three state commits.
    init() async throws {
        git = try await GitServer()
        try await git.commit(fleet.files)
        controller = try TestController(git.bare)
        service = try controller.service()
        await service.loop.step()
        for port in ["tcp/23", "tcp/24"] {
            try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: port)])
            await service.loop.step()
        }
        try #require(service.board.current?.height == 3)
    }

    private var trouble: String { service.status.current.trouble }

    /// What git itself says of a commit's signature, when only this key is allowed.
    private func gitVerifies(_ commit: String, by key: Ed25519.PublicKey) async throws -> Bool {
        let allowed = git.folder.path + "/allowed_signers"
        let line = "controller@acme.example namespaces=\"git\" \(SSHKey(key))\n"
        try line.write(toFile: allowed, atomically: true, encoding: .utf8)
        do {
            _ = try await git.bareGit(
                "-c", "gpg.format=ssh", "-c", "gpg.ssh.allowedSignersFile=\(allowed)", "verify-commit", commit)
            return true
        } catch is Shell.Failure {
            return false
        }
    }

    @Test func gitVerifiesStateCommits() async throws {
        let keys = try controller.keys
        for commit in ["cvlan-state", "cvlan-state~1", "cvlan-state~2"] {
            #expect(try await gitVerifies(commit, by: keys.stateKey.publicKey))
        }
        let isConfigKeys = try await gitVerifies("cvlan-state", by: keys.configKey.publicKey)
        #expect(!isConfigKeys)
    }

    @Test func gitVerifiesEnrolmentCommits() async throws {
        try await RunningController.with(controller) { running in
            let token = try fleet.token(root: running.controller.pin)
            let answer = try await Curl(running: running).post(
                "/v1/enroll", try Machine("tablet").request(token: token, provedTo: running.enrollmentKey))
            #expect(answer.status == 200)
            let keys = try controller.keys
            let isSigned = try await gitVerifies("main", by: keys.enrollmentSigningKey.publicKey)
            #expect(isSigned)
            let isStateKeys = try await gitVerifies("main", by: keys.stateKey.publicKey)
            #expect(!isStateKeys)
        }
    }

    @Test func theStateBranchHasTheRootDocuments() async throws {
        let kept = try await git.bareGit("rev-parse", "cvlan-state:roots/1.dsse")
        let own = try await git.bareGit("hash-object", controller.directory.path + "/roots/1.dsse")
        #expect(kept == own)
    }

    @Test func stateCommitsSayWhatReplayNeeds() async throws {
        let trailers = try await git.bareGit("log", "-1", "--format=%(trailers:only,unfold)", "cvlan-state")
        let keys = trailers.split(separator: "\n").map { $0.prefix { $0 != ":" } }
        #expect(keys == ["Source-Commit", "Evaluation-Time", "Prune-Limit"])
    }

    @Test(arguments: [false, true]) func aForgedStateCommitStopsTheControllerAndWhatIsPublishedStays(
        isSigned: Bool
    ) async throws {
        let before = try #require(service.board.current?.stateCommit)
        let key = isSigned ? try await SigningKey() : nil
        try await git.checkOut("cvlan-state")
        try await git.git(key?.options ?? [], "commit", "-q", "--allow-empty", "-m", "state: 4")
        try await git.git("push", "-q", "origin", "HEAD:cvlan-state")
        let forged = try await git.git("rev-parse", "HEAD")
        try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/25")])
        await service.loop.step()
        let reason =
            try await key.asyncMap { "signed by \(try await $0.fingerprint()), which no root document names" }
            ?? "not signed"
        #expect(
            trouble.hasPrefix("the commit \(forged.prefix(12)) of cvlan-state is no controller's: it is \(reason)"))
        #expect(trouble.hasSuffix("push cvlan-state back to \(before)"))
        #expect(service.board.current?.stateCommit == before)
        // Neither does one that has just started use it: it serves what it has seen.
        let restarted = try controller.service()
        await restarted.loop.step()
        #expect(restarted.board.current?.stateCommit == before)
        #expect(restarted.board.current?.nodes == service.board.current?.nodes)
        #expect(restarted.status.current.trouble == trouble)

        try await git.git("push", "-q", "-f", "origin", "\(before):refs/heads/cvlan-state")
        await service.loop.step()
        #expect(trouble.isEmpty)
        #expect(service.board.current?.height == 4)
    }

    @Test func aStateBranchThatGoesBackIsNotFollowed() async throws {
        let before = try #require(service.board.current?.stateCommit)
        _ = try await git.bareGit("update-ref", "refs/heads/cvlan-state", "cvlan-state~1")
        await service.loop.step()
        #expect(trouble.hasPrefix("cvlan-state went back: this controller has seen it at \(before)"))
        #expect(service.board.current?.height == 3)
        // Nor by one that has just started: it remembers.
        let restarted = try controller.service()
        await restarted.loop.step()
        #expect(restarted.status.current.trouble == trouble)
        #expect(restarted.board.current?.height == 3)

        _ = try await git.bareGit("update-ref", "-d", "refs/heads/cvlan-state")
        await service.loop.step()
        #expect(trouble.contains("and now it is gone"))
        _ = try await git.bareGit("update-ref", "refs/heads/cvlan-state", "\(before)")
        await service.loop.step()
        #expect(trouble.isEmpty)
    }

    /// Controllers' own commits, but not those that were seen.
    @Test func anotherHistoryOfTheSameKeyIsNotFollowed() async throws {
        let seen = try #require(service.board.current?.stateCommit)
        _ = try await git.bareGit("update-ref", "refs/heads/cvlan-state", "cvlan-state~1")
        try await git.commit(["tenants/acme/policies/ssh.yaml": fleet.policy(port: "tcp/99")])
        let replica = try TestController(replicaOf: controller).service()
        await replica.loop.step()
        #expect(replica.board.current?.height == 3)
        await service.loop.step()
        #expect(trouble.hasPrefix("cvlan-state went back: this controller has seen it at \(seen)"))
        #expect(service.board.current?.stateCommit == seen)
    }

    /// The same commits make the same state, down to the signature.
    @Test func replicasMakeTheSameStateCommits() async throws {
        let copy = git.folder.path + "/copy.git"
        try await Shell.run("git", ["clone", "-q", "--bare", "--single-branch", "-b", "main", git.bare, copy])
        let first = try TestController(copy)
        let again = git.folder.path + "/again.git"
        try await Shell.run("git", ["clone", "-q", "--bare", "--single-branch", "-b", "main", git.bare, again])
        let second = try TestController(replicaOf: first, repository: again)
        var states: [String] = []
        for replica in [first, second] {
            let service = try replica.service(clock: TestClock(Date(timeIntervalSince1970: 1_790_000_100)))
            await service.loop.step()
            states.append(try #require(service.board.current?.stateCommit?.description))
        }
        #expect(states[0] == states[1])
    }
}

extension Optional {
    fileprivate func asyncMap<T>(_ transform: (Wrapped) async throws -> T) async rethrows -> T? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
