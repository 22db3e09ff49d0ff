import GitRepository
import TestPrograms
import Testing

@Suite struct HistoryTests {
    let scratch = try? Scratch()

    @Test func ancestryTellsRewritesFromProgress() async throws {
        let work = try #require(scratch).makePair().work
        let first = try work.commit("1")
        let second = try work.commit("2")
        try work.git("checkout", "-q", "-b", "side", "\(first)")
        let side = try work.commit("side")
        let repository = try Repository(localAt: work.path)
        #expect(try await repository.isAncestor(first, of: second))
        #expect(try await repository.isAncestor(first, of: first))
        #expect(try await !repository.isAncestor(second, of: first))
        #expect(try await !repository.isAncestor(second, of: side))
        let unknown = try ObjectID(required: "0123456789012345678901234567890123456789")
        let error = await gitError { _ = try await repository.isAncestor(unknown, of: side) }
        #expect(error?.code == .notFound)
    }

    @Test func historyIsNewestFirstAndBounded() async throws {
        let work = try #require(scratch).makePair().work
        let commits = try (0..<5).map { try work.commit("\($0)") }
        let repository = try Repository(localAt: work.path)
        let all = try await repository.history(of: commits[4], limit: 100)
        #expect(all.map(\.id) == commits.reversed())
        let some = try await repository.history(of: commits[4], notIn: commits[1], limit: 100)
        #expect(some.map(\.id) == [commits[4], commits[3], commits[2]])
        #expect(try await repository.history(of: commits[4], limit: 2).map(\.id) == [commits[4], commits[3]])
    }

    @Test func trailersAreFoundSinceACommit() async throws {
        let work = try #require(scratch).makePair().work
        let first = try work.commit("one\n\nEnrollment-Token: a")
        try work.commit("two")
        try work.commit("not a trailer\n\nEnrollment-Token: b\n\nlast paragraph")
        let last = try work.commit("three\n\nEnrollment-Token: a\nEnrollment-Token: c")
        let repository = try Repository(localAt: work.path)
        let all = try await repository.trailers("Enrollment-Token", of: last)
        #expect(all.map(\.value) == ["a", "c", "a"])
        #expect(all.map(\.commit) == [last, last, first])
        let later = try await repository.trailers("Enrollment-Token", of: last, notIn: first)
        #expect(later.map(\.value) == ["a", "c"])
    }

    @Test func aSearchThatIsTooLongFailsRatherThanMiss() async throws {
        let work = try #require(scratch).makePair().work
        let commits = try (0..<4).map { try work.commit("\($0)") }
        var limits = Limits()
        limits.walkedCommits = 3
        let repository = try Repository(localAt: work.path, limits: limits)
        let error = await gitError { _ = try await repository.trailers("X", of: commits[3]) }
        #expect(error?.code == .tooLarge)
        #expect(try await repository.trailers("X", of: commits[2]).isEmpty)
    }
}
