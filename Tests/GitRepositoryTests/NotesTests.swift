import Foundation
import GitRepository
import TestPrograms
import Testing

@Suite struct NotesTests {
    private static let name = "cvlan-approvals"
    let scratch = try? Scratch()

    private func text(_ repository: Repository, of commit: ObjectID) async throws -> [String] {
        var texts: [String] = []
        for note in try await repository.notes(Self.name) where note.commit == commit {
            texts.append(String(decoding: try await repository.blob(note.blob, limit: 1 << 20), as: UTF8.self))
        }
        return texts
    }

    private func append(_ text: String, to commit: ObjectID, in repository: Repository) async throws {
        try await repository.appendNote(Array(text.utf8), to: commit, in: Self.name, by: tester)
    }

    @Test func gitShowsOursAndWeReadGits() async throws {
        let work = try #require(scratch).makePair().work
        let commit = try work.commit("1")
        let repository = try Repository(localAt: work.path)
        #expect(try await repository.notes(Self.name).isEmpty)
        try await append("first\n", to: commit, in: repository)
        #expect(try work.git("notes", "--ref", Self.name, "show", "\(commit)") == "first\n")
        try work.git("notes", "--ref", Self.name, "append", "-m", "second", "\(commit)")
        #expect(try await text(repository, of: commit) == ["first\n\nsecond\n"])
        try await append("third\n", to: commit, in: repository)
        #expect(try work.git("notes", "--ref", Self.name, "show", "\(commit)") == "first\n\nsecond\n\nthird\n")
        #expect(try work.git("fsck", "--strict").isEmpty)
    }

    @Test func whatIsThereAlreadyIsNotSaidAgain() async throws {
        let work = try #require(scratch).makePair().work
        let commit = try work.commit("1")
        let repository = try Repository(localAt: work.path)
        try await append("first\n", to: commit, in: repository)
        try await append("second\n", to: commit, in: repository)
        try await append("first\n", to: commit, in: repository)
        #expect(try await text(repository, of: commit) == ["first\n\nsecond\n"])
    }

    /// Folders of two digits appear between them; whoever reads finds all, whoever made them.
    @Test func manyNotesAreInFoldersAsGitMakesThem() async throws {
        let work = try #require(scratch).makePair().work
        let commits = try (0..<150).map { try work.commit("\($0)") }
        let repository = try Repository(localAt: work.path)
        for commit in commits[..<120] { try await append("ours \(commit)\n", to: commit, in: repository) }
        #expect(try work.git("ls-tree", "-r", "--name-only", "refs/notes/\(Self.name)").contains("/"))
        for commit in commits[120...] {
            try work.git("notes", "--ref", Self.name, "add", "-m", "gits \(commit)", "\(commit)")
        }
        for commit in commits[..<10] { try await append("more\n", to: commit, in: repository) }
        #expect(try await repository.notes(Self.name).count == 150)
        let listed = try work.git("notes", "--ref", Self.name, "list").split(separator: "\n")
        #expect(listed.count == 150)
        let shown = try [commits[0], commits[60], commits[149]].map {
            try work.git("notes", "--ref", Self.name, "show", "\($0)")
        }
        #expect(shown == ["ours \(commits[0])\n\nmore\n", "ours \(commits[60])\n", "gits \(commits[149])\n"])
    }

    /// As only somebody hostile would write it: git joins them.
    @Test func severalFilesAboutOneCommitAreAllRead() async throws {
        let work = try #require(scratch).makePair().work
        let commit = try work.commit("1")
        let repository = try Repository(localAt: work.path)
        let name = commit.description
        let tree = try await repository.makeCommit(
            [
                name: .write("flat\n"), "\(name.prefix(2))/\(name.dropFirst(2))": .write("folder\n"),
                "README": .write("no note\n"), "\(name.prefix(2))/short": .write("none either\n"),
            ], onTreeOf: nil, parents: [], author: tester, committer: tester, message: "hostile\n")
        try work.git("update-ref", "refs/notes/\(Self.name)", "\(tree)")
        #expect(try await text(repository, of: commit) == ["folder\n", "flat\n"])
        try await append("ours\n", to: commit, in: repository)
        #expect(try await text(repository, of: commit) == ["folder\n\nflat\n\nours\n"])
        #expect(try work.git("ls-tree", "-r", "--name-only", "refs/notes/\(Self.name)").contains("README"))
    }

    @Test func twoWhoAddAtTheSameMomentLoseNothing() async throws {
        let work = try #require(scratch).makePair().work
        let commit = try work.commit("1")
        let repositories = try (0..<2).map { _ in try Repository(localAt: work.path) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { try await append("statement \(number)\n", to: commit, in: repositories[number % 2]) }
            }
            try await group.waitForAll()
        }
        let lines = try await text(repositories[0], of: commit).joined().split(separator: "\n")
        #expect(Set(lines) == Set((0..<20).map { "statement \($0)" }))
    }

    @Test func clonesShareWhatEitherHas() async throws {
        let (bare, work) = try #require(scratch).makePair()
        let commits = try (0..<3).map { try work.commit("\($0)") }
        try work.push("main")
        let path = try #require(scratch).file("other")
        try Command.run("git", "clone", "-q", bare, path)
        let (mine, other) = (try Repository(localAt: work.path), try Repository(localAt: path + "/.git"))
        #expect(try await mine.pushLocation() == .local(path: bare))
        let location = try #require(try await mine.pushLocation())
        try await append("mine\n", to: commits[0], in: mine)
        try await append("about both, mine\n", to: commits[1], in: mine)
        try await append("other\n", to: commits[2], in: other)
        try await append("about both, other\n", to: commits[1], in: other)
        try await mine.shareNotes(Self.name, with: location, by: tester)
        try await other.shareNotes(Self.name, with: location, by: tester)
        try await mine.shareNotes(Self.name, with: location, by: tester)
        #expect(try await mine.tip(ofNotes: Self.name) == other.tip(ofNotes: Self.name))
        #expect(try await text(mine, of: commits[0]) == ["mine\n"])
        #expect(try await text(mine, of: commits[1]) == ["about both, mine\n\nabout both, other\n"])
        #expect(try await text(mine, of: commits[2]) == ["other\n"])
        let shown = try Command.run("git", "-C", bare, "notes", "--ref", Self.name, "show", "\(commits[1])")
        #expect(shown == "about both, mine\n\nabout both, other\n")
        #expect(try Command.run("git", "-C", bare, "for-each-ref", "refs/cvlan").isEmpty)
    }

    @Test func manyWhoShareAtOnceLoseNothing() async throws {
        let (bare, work) = try #require(scratch).makePair()
        let commit = try work.commit("1")
        try work.push("main")
        let location = Location.local(path: bare)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                let path = try #require(scratch).file("clone-\(number)")
                try Command.run("git", "clone", "-q", bare, path)
                group.addTask {
                    let clone = try Repository(localAt: path + "/.git")
                    try await append("statement \(number)\n", to: commit, in: clone)
                    try await clone.shareNotes(Self.name, with: location, by: tester)
                }
            }
            try await group.waitForAll()
        }
        let lines = try await text(Repository(localAt: bare), of: commit).joined().split(separator: "\n")
        #expect(Set(lines) == Set((0..<4).map { "statement \($0)" }))
    }

    @Test(arguments: RemoteTests.Transport.allCases) func aMirrorHasTheNotes(transport: RemoteTests.Transport)
        async throws
    {
        let setup = try RemoteTests.Setup(transport)
        let commit = try setup.work.commit("1")
        try setup.work.push("main")
        let mirror = try setup.mirror()
        try await mirror.fetch()
        #expect(try await mirror.notes(Self.name).isEmpty)
        let clone = try Repository(localAt: setup.work.path)
        try await append("said\n", to: commit, in: clone)
        try await clone.shareNotes(Self.name, with: .local(path: setup.bare), by: tester)
        try await mirror.fetch()
        #expect(try await text(mirror, of: commit) == ["said\n"])
        try await append("and more\n", to: commit, in: mirror)
        try await mirror.shareNotes(Self.name, with: mirror.location, by: tester)
        let shown = try Command.run("git", "-C", setup.bare, "notes", "--ref", Self.name, "show", "\(commit)")
        #expect(shown == "said\n\nand more\n")
        try Command.run("git", "-C", setup.bare, "update-ref", "-d", "refs/notes/\(Self.name)")
        try await mirror.fetch()
        #expect(try await mirror.tip(ofNotes: Self.name) == nil)
    }
}
