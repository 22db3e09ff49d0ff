import Foundation
import GitRepository
import TestPrograms
import Testing

@Suite struct BranchTests {
    let scratch = try? Scratch()

    private func commit(_ text: String, parents: [ObjectID] = [], in repository: Repository) async throws -> ObjectID {
        try await repository.makeCommit(
            ["f": .write(text)], onTreeOf: nil, parents: parents, author: tester, committer: tester, message: text)
    }

    @Test func aBranchThatMovedIsNotOverwritten() async throws {
        let repository = try Repository(localAt: try #require(scratch).makePair().bare)
        let first = try await commit("1", in: repository)
        let second = try await commit("2", parents: [first], in: repository)
        let missing = await gitError { try await repository.moveBranch("b", from: first, to: second) }
        #expect(missing?.code == .moved)
        #expect(try await repository.tip(of: "b") == nil)
        try await repository.moveBranch("b", from: nil, to: first)
        let exists = await gitError { try await repository.moveBranch("b", from: nil, to: second) }
        #expect(exists?.code == .moved)
        let other = await gitError { try await repository.moveBranch("b", from: second, to: second) }
        #expect(other?.code == .moved)
        #expect(try await repository.tip(of: "b") == first)
        try await repository.moveBranch("b", from: first, to: second)
        #expect(try await repository.tip(of: "b") == second)
    }

    @Test func packedBranchesAreCompared() async throws {
        let (bare, _) = try #require(scratch).makePair()
        let repository = try Repository(localAt: bare)
        let first = try await commit("1", in: repository)
        let second = try await commit("2", parents: [first], in: repository)
        try await repository.moveBranch("b", from: nil, to: first)
        try Command.run("git", "-C", bare, "pack-refs", "--all")
        let error = await gitError { try await repository.moveBranch("b", from: nil, to: second) }
        #expect(error?.code == .moved)
        try await repository.moveBranch("b", from: first, to: second)
        #expect(try Command.run("git", "-C", bare, "rev-parse", "b") == "\(second)\n")
    }

    @Test(arguments: [true, false]) func ofManyWritersOneWins(exists: Bool) async throws {
        let (bare, _) = try #require(scratch).makePair()
        let repository = try Repository(localAt: bare)
        for round in 0..<10 {
            let branch = "race-\(round)"
            let base = exists ? try await commit("base \(round)", in: repository) : nil
            if let base { try await repository.moveBranch(branch, from: nil, to: base) }
            let outcomes = await withTaskGroup(of: GitError.Code?.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        await gitError {
                            let mine = try Repository(localAt: bare)
                            let parents = base.map { [$0] } ?? []
                            let commit = try await commit("\(round) \(writer)", parents: parents, in: mine)
                            try await mine.moveBranch(branch, from: base, to: commit)
                        }?.code
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.compactMap { $0 }.allSatisfy { $0 == .moved })
        }
    }

    @Test func aBranchLockedByAnotherProgramMayBeTriedAgain() async throws {
        let (bare, _) = try #require(scratch).makePair()
        let repository = try Repository(localAt: bare)
        let first = try await commit("1", in: repository)
        let lock = bare + "/refs/heads/b.lock"
        #expect(FileManager.default.createFile(atPath: lock, contents: nil))
        let error = await gitError { try await repository.moveBranch("b", from: nil, to: first) }
        #expect(error?.code == .storage && error?.mayRetry == true)
        try FileManager.default.removeItem(atPath: lock)
        try await repository.moveBranch("b", from: nil, to: first)
    }

    @Test func aCheckedOutBranchIsRefused() async throws {
        let scratch = try #require(scratch)
        let (_, work) = try scratch.makePair()
        let repository = try Repository(localAt: work.path)
        let first = try await commit("1", in: repository)
        let unborn = await gitError { try await repository.moveBranch("main", from: nil, to: first) }
        #expect(unborn?.code == .checkedOut)
        let head = try work.commit("x")
        let next = try await commit("2", parents: [head], in: repository)
        let checkedOut = await gitError { try await repository.publish(next, to: "main", replacing: head) }
        #expect(checkedOut?.code == .checkedOut)
        #expect(try work.head() == head)
        #expect(try work.git("status", "--porcelain").isEmpty)
        try work.git("worktree", "add", "-q", "-b", "linked", scratch.file("linked"))
        let linked = await gitError { try await repository.moveBranch("linked", from: head, to: next) }
        #expect(linked?.code == .checkedOut)
        try await repository.publish(first, to: "cvlan-state", replacing: nil)
        #expect(try work.id("cvlan-state") == first)
    }

    @Test func aBranchNeedsACommit() async throws {
        let (bare, work) = try #require(scratch).makePair()
        try work.write("a", "1")
        try work.commit("x")
        try work.push("main")
        let repository = try Repository(localAt: bare)
        let tree = try work.id("HEAD^{tree}")
        let error = await gitError { try await repository.moveBranch("b", from: nil, to: tree) }
        #expect(error?.code == .invalid)
    }

    @Test func branchesMovedByGitAreSeenAtOnce() async throws {
        let (bare, work) = try #require(scratch).makePair()
        let repository = try Repository(localAt: bare)
        for round in 0..<5 {
            let commit = try work.commit("\(round)")
            try work.push("main")
            #expect(try await repository.tip(of: "main") == commit)
            #expect(try await repository.commit(commit).subject == "\(round)")
        }
        try work.git("-c", "gc.auto=0", "gc", "-q", "--prune=now")
        try Command.run("git", "-C", bare, "gc", "-q", "--prune=now")
        let commit = try work.commit("after gc")
        try work.push("main")
        #expect(try await repository.tip(of: "main") == commit)
        #expect(try await repository.history(of: commit, limit: 10).count == 6)
    }
}
