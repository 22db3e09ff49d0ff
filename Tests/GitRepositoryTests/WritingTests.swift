import Foundation
import GitRepository
import TestPrograms
import TestRandom
import Testing

@Suite struct WritingTests {
    let scratch = try? Scratch()

    private func make(
        _ edits: [String: TreeEdit], on base: ObjectID? = nil, in repository: Repository, message: String = "x\n"
    ) async throws -> ObjectID {
        try await repository.makeCommit(
            edits, onTreeOf: base, parents: base.map { [$0] } ?? [], author: tester, committer: tester,
            message: message)
    }

    @Test func gitAcceptsTheCommits() async throws {
        let (bare, work) = try #require(scratch).makePair()
        let repository = try Repository(localAt: bare)
        let first = try await make(["state.json": .write("{}\n"), "tenants/acme/x.json": .write("1")], in: repository)
        try await repository.moveBranch("cvlan-state", from: nil, to: first)
        let message = "state: 2\n\nSource-Commit: \(first)\n"
        let second = try await make(["tenants/acme/x.json": .write("2")], on: first, in: repository, message: message)
        try await repository.moveBranch("cvlan-state", from: first, to: second)

        try Command.run("git", "-C", bare, "fsck", "--strict", "--no-dangling")
        let log = try Command.run("git", "-C", bare, "log", "--format=%H %an <%ae> %ad %s", "--date=raw", "cvlan-state")
        let who = "Test Er <tester@example.org> 1700000000 +0130"
        #expect(log == "\(second) \(who) state: 2\n\(first) \(who) x\n")
        try work.git("fetch", "-q")
        #expect(try work.git("show", "origin/cvlan-state:tenants/acme/x.json") == "2")
        #expect(try work.git("show", "origin/cvlan-state:state.json") == "{}\n")
        #expect(try await repository.commit(second).trailerValues("Source-Commit") == ["\(first)"])
    }

    @Test func theSameInputMakesTheSameIdAsGitDoes() async throws {
        let scratch = try #require(scratch)
        let (bare, work) = try scratch.makePair()
        try work.write("dir/a", "1")
        try work.write("b", "2")
        let byGit = try work.commit("one")
        let repository = try Repository(localAt: bare)
        try Command.run("git", "init", "-q", "--bare", scratch.file("second.git"))
        let other = try Repository(localAt: scratch.file("second.git"))
        let author = Identity(
            name: "Ann Author", email: "ann@example.org", seconds: 1_600_000_000, offsetMinutes: 120)
        let committer = Identity(
            name: "Carl Committer", email: "carl@example.org", seconds: 1_600_000_100, offsetMinutes: -210)
        for repository in [repository, other, repository] {
            let made = try await repository.makeCommit(
                ["b": .write("2"), "dir/a": .write("1")], onTreeOf: nil, parents: [], author: author,
                committer: committer, message: "one\n")
            #expect(made == byGit)
        }
    }

    @Test func editsReplaceFilesAndDirectories() async throws {
        let bare = try #require(scratch).makePair().bare
        let repository = try Repository(localAt: bare)
        let first = try await make(
            ["a/b/c": .write("1"), "a/d": .write("2"), "e": .write("3"), "f/g": .write("4")], in: repository)
        let edits: [String: TreeEdit] = [
            "a/b/c": .remove, "e/inner": .write("5"), "f": .write("6"), "nothing/here": .remove, "gone": .remove,
        ]
        let second = try await make(edits, on: first, in: repository)
        let paths = try await repository.entries(of: second).map(\.path)
        #expect(paths == ["a/d", "e/inner", "f"])
        let withDirectories = try Command.run("git", "-C", bare, "ls-tree", "-rt", "--name-only", "\(second)")
        #expect(withDirectories == "a\na/d\ne\ne/inner\nf\n")
        let unchanged = try await repository.changes(from: first, to: second).map(\.path)
        #expect(!unchanged.contains("a/d"))
        let empty = try await make(["a/d": .remove, "e/inner": .remove, "f": .remove], on: second, in: repository)
        #expect(try await repository.entries(of: empty).isEmpty)
    }

    @Test(arguments: 0..<6) func randomEditsMatchAModel(seed: UInt64) async throws {
        let repository = try Repository(localAt: try #require(scratch).makePair().bare)
        var random = SeededRandom(seed)
        var model: [String: String] = [:]
        var tip: ObjectID?
        for _ in 0..<12 {
            var edits: [String: TreeEdit] = [:]
            for _ in 0..<5 {
                let depth = Int.random(in: 1...3, using: &random)
                // Letters by depth: no path is both file and directory.
                let path = (1...depth).map { $0 == depth ? "f\(Int.random(in: 0..<3, using: &random))" : "d\($0)" }
                    .joined(separator: "/")
                let text = "\(Int.random(in: 0..<5, using: &random))"
                let remove = Int.random(in: 0..<3, using: &random) == 0
                edits[path] = remove ? .remove : .write(text)
                model[path] = remove ? nil : text
            }
            let next = try await make(edits, on: tip, in: repository)
            var found: [String: String] = [:]
            for entry in try await repository.entries(of: next) {
                found[entry.path] = String(decoding: try await repository.blob(entry.id, limit: 10), as: UTF8.self)
            }
            #expect(found == model)
            tip = next
        }
    }

    @Test func badPathsAreRefused() async throws {
        let repository = try Repository(localAt: try #require(scratch).makePair().bare)
        let bad = ["", "/a", "a/", "a//b", "../a", "a/./b", ".git/config", "a/.GIT/b", "a\nb", "b\u{fc}ro", "a\\b"]
        for path in bad {
            let error = await gitError { _ = try await make([path: .write("x")], in: repository) }
            #expect(error?.code == .invalid, "\(path)")
        }
        let clash = await gitError { _ = try await make(["a": .write("x"), "a/b": .write("x")], in: repository) }
        #expect(clash?.code == .invalid)
    }

    @Test func identitiesAndMessagesThatDoNotFitAreRefused() async throws {
        let repository = try Repository(localAt: try #require(scratch).makePair().bare)
        let bad = [
            Identity(name: "A <B", email: "a@b", seconds: 1), Identity(name: "A\nB", email: "a@b", seconds: 1),
            Identity(name: "A", email: "a>b", seconds: 1), Identity(name: "", email: "a@b", seconds: 1),
            Identity(name: "A", email: "a@b", seconds: -1), Identity(name: "A", email: "a@b", seconds: 1 << 32),
            Identity(name: "A", email: "a@b", seconds: 1, offsetMinutes: 5000),
        ]
        for identity in bad {
            let error = await gitError {
                _ = try await repository.makeCommit(
                    [:], onTreeOf: nil, parents: [], author: identity, committer: tester, message: "x")
            }
            #expect(error?.code == .invalid, "\(identity)")
        }
        let message = await gitError { _ = try await make([:], in: repository, message: "a\0b") }
        #expect(message?.code == .invalid)
    }
}
