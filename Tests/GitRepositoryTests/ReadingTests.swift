import Foundation
import GitRepository
import TestPrograms
import TestRandom
import Testing

@Suite struct ReadingTests {
    let scratch = try? Scratch()

    private func pair() throws -> (bare: String, work: WorkTree) {
        try #require(scratch).makePair()
    }

    @Test func commitsMadeByGitAreRead() async throws {
        let (bare, work) = try pair()
        try work.write("a", "1")
        let first = try work.commit("first")
        let message = "Add a node\n\nBecause.\n\nEnrollment-Token: t-1\nSigned-off-by: Ann <ann@example.org>"
        let second = try work.commit(message)
        try work.push("main")

        let repository = try Repository(localAt: bare)
        #expect(try await repository.tip(of: "main") == second)
        #expect(try await repository.tip(of: "other") == nil)
        #expect(try await repository.resolve("main~1") == first)
        #expect(try await repository.resolve(second.short) == second)
        let commit = try await repository.commit(second)
        #expect(commit.id == second && commit.parents == [first])
        #expect(
            commit.author
                == Identity(
                    name: "Ann Author", email: "ann@example.org", seconds: 1_600_000_000, offsetMinutes: 120))
        #expect(commit.committer.name == "Carl Committer" && commit.committer.offsetMinutes == -210)
        #expect(commit.subject == "Add a node" && commit.message == message + "\n")
        #expect(commit.trailerValues("enrollment-token") == ["t-1"])
        #expect(commit.trailers.map(\.key) == ["Enrollment-Token", "Signed-off-by"])
        let raw = try await repository.commitBytes(second)
        #expect(String(decoding: raw, as: UTF8.self).contains("author Ann Author <ann@example.org> 1600000000 +0200"))
    }

    @Test func listingMatchesGit() async throws {
        let (_, work) = try pair()
        try work.write("plain.yaml", "x")
        try work.write("dir/deep/er.yaml", "y")
        try work.write("dir.yaml", "z")
        try work.write("dir-x/q", "z")
        try work.write("run", "#!/bin/sh\n")
        for name in ["with \"quote", "back\\slash", "new\nline", "tab\t", "b\u{fc}ro", "-dash", "bell\u{7}", " "] {
            try work.write("odd/" + name, "x")
        }
        try work.git("add", "-A")
        try work.git("update-index", "--chmod=+x", "run")
        try FileManager.default.createSymbolicLink(atPath: work.path + "/link", withDestinationPath: "/etc/passwd")
        try work.git("add", "link")
        let module = "160000,0123456789012345678901234567890123456789,module"
        try work.git("update-index", "--add", "--cacheinfo", module)
        try work.git("commit", "-q", "-m", "odd")

        let repository = try Repository(localAt: work.path)
        let entries = try await repository.entries(of: work.head())
        let listed = try work.git("ls-tree", "-r", "HEAD").split(separator: "\n").map(String.init)
        #expect(entries.map { "\($0.kind.mode) \($0.id)\t\($0.path)" } == listed.map { $0.droppingType })
        #expect(entries.first { $0.path == "link" }?.kind == .symbolicLink)
        #expect(entries.first { $0.path == "module" }?.isFile == false)
        let link = try #require(entries.first { $0.path == "link" })
        #expect(try await repository.blob(link.id, limit: 100) == Array("/etc/passwd".utf8))
    }

    @Test func namesThatAreNotUTF8StayApart() async throws {
        let (_, work) = try pair()
        let blob = try work.git("hash-object", "-w", "--stdin").trimmingCharacters(in: .newlines)
        var tree = Data()
        for name in [[0xFE], [0xFF]] as [[UInt8]] {
            tree += Data("100644 blob \(blob)\t".utf8) + Data(name) + Data([0])
        }
        let id = try Command.run(arguments: ["git", "-C", work.path, "mktree", "-z"], input: tree)
        let commit = try commit(of: id, in: work)
        let entries = try await Repository(localAt: work.path).entries(of: commit)
        #expect(entries.map(\.path) == ["\"\\376\"", "\"\\377\""])
    }

    @Test(arguments: 0..<8) func changesMatchGit(seed: UInt64) async throws {
        let (_, work) = try pair()
        var random = SeededRandom(seed)
        // Names that sort differently as file and as directory.
        let names = ["a", "a.b", "a-b", "a0", "b", "b/c", "a/x", "a/y/z", "a/y", "a.b/q", "c/d/e/f", "c/d", "z"]
        var commits: [ObjectID] = []
        for round in 0..<6 {
            for name in names.shuffled(using: &random).prefix(6) {
                try? FileManager.default.removeItem(atPath: work.path + "/" + name)
                if Bool.random(using: &random) { try? work.write(name, "\(Int.random(in: 0..<4, using: &random))") }
            }
            commits.append(try work.commit("\(round)"))
        }
        let repository = try Repository(localAt: work.path)
        for (old, new) in zip(commits, commits.dropFirst()) {
            let changes = try await repository.changes(from: old, to: new)
            let expected = try work.git("diff-tree", "-r", "--no-renames", "--name-status", "\(old)", "\(new)")
            #expect(Set(changes.map(\.status)) == Set(expected.split(separator: "\n").map(String.init)))
            #expect(Set(changes.map(\.path)).count == changes.count)
            for change in changes { #expect(change.old?.path ?? change.path == change.new?.path ?? change.path) }
        }
        let last = try #require(commits.last)
        let added = try await repository.changes(from: nil, to: last)
        #expect(try await added.compactMap(\.new) == repository.entries(of: last))
        #expect(try await repository.changes(from: last, to: last).isEmpty)
    }

    @Test func aChangedKindIsAChange() async throws {
        let (_, work) = try pair()
        try work.write("run", "x")
        let old = try work.commit("file")
        try work.git("update-index", "--chmod=+x", "run")
        try work.git("commit", "-q", "-m", "executable")
        let changes = try await Repository(localAt: work.path).changes(from: old, to: work.head())
        #expect(changes.map(\.path) == ["run"])
        #expect(changes.first?.old?.kind == .file && changes.first?.new?.kind == .executable)
    }

    @Test func entriesAreFoundByPath() async throws {
        let (_, work) = try pair()
        try work.write("tenants/acme/n.yaml", "n")
        let commit = try work.commit("n")
        let repository = try Repository(localAt: work.path)
        let entry = try #require(try await repository.entry(at: "tenants/acme/n.yaml", in: commit))
        #expect(try await repository.blob(entry.id, limit: 1) == Array("n".utf8))
        #expect(try await repository.blobSize(entry.id) == 1)
        for path in ["tenants", "tenants/acme/n.yaml/x", "nothing", "tenants/acme/m.yaml"] {
            #expect(try await repository.entry(at: path, in: commit) == nil)
        }
        let error = await gitError { _ = try await repository.entry(at: "../etc/passwd", in: commit) }
        #expect(error?.code == .invalid)
    }

    @Test func missingThingsAreNotFound() async throws {
        let scratch = try #require(scratch)
        let (bare, work) = try pair()
        let commit = try work.commit("x")
        let repository = try Repository(localAt: bare)
        let nothing = await gitError { _ = try Repository(localAt: scratch.file("nothing")) }
        #expect(nothing?.code == .notFound)
        let unknown = await gitError { _ = try await repository.commit(commit) }
        #expect(unknown?.code == .notFound)
        let branch = await gitError { _ = try await repository.resolve("main") }
        #expect(branch?.code == .notFound)
        let name = await gitError { _ = try await repository.tip(of: "a..b") }
        #expect(name?.code == .invalid)
    }

    @Test func aTreeIsNoBlob() async throws {
        let (_, work) = try pair()
        try work.write("a", "1")
        try work.commit("x")
        let tree = try work.id("HEAD^{tree}")
        let error = await gitError { _ = try await Repository(localAt: work.path).blob(tree, limit: 100) }
        #expect(error?.code == .invalid)
    }

    private func commit(of tree: String, in work: WorkTree) throws -> ObjectID {
        try ObjectID(required: work.git("commit-tree", "-m", "x", tree.trimmingCharacters(in: .newlines)))
    }
}

extension TreeChange {
    /// As `git diff-tree --name-status` writes it.
    var status: String {
        let letter =
            switch (old, new) {
            case (nil, _): "A"
            case (_, nil): "D"
            default: old?.kind.type == new?.kind.type ? "M" : "T"
            }
        return "\(letter)\t\(path)"
    }
}

extension TreeEntry.Kind {
    var mode: String {
        switch self {
        case .file: "100644"
        case .executable: "100755"
        case .symbolicLink: "120000"
        case .submodule: "160000"
        }
    }

    var type: Substring { mode.prefix(3) }
}

extension String {
    /// A line of `git ls-tree` without the word for the object's type.
    fileprivate var droppingType: String {
        let fields = split(separator: " ", maxSplits: 2)
        return "\(fields[0]) \(fields[2])"
    }
}
