import Foundation
import GitRepository
import TestPrograms
import Testing

/// What anyone who can push may put into a repository.
@Suite struct HostileRepositoryTests {
    let scratch = try? Scratch()

    private func makeWork() throws -> WorkTree {
        try #require(scratch).makePair().work
    }

    /// Commits a tree object with exactly these bytes, which git itself would not write.
    private func commit(rawTree: Data, in work: WorkTree) throws -> ObjectID {
        let arguments = ["git", "-C", work.path, "hash-object", "-w", "-t", "tree", "--literally", "--stdin"]
        let tree = try Command.run(arguments: arguments, input: rawTree).trimmingCharacters(in: .newlines)
        let raw = "tree \(tree)\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n"
        let commit = ["git", "-C", work.path, "hash-object", "-w", "-t", "commit", "--literally", "--stdin"]
        return try ObjectID(required: Command.run(arguments: commit, input: Data(raw.utf8)))
    }

    private func item(_ mode: String, _ name: String, _ id: ObjectID) -> Data {
        Data("\(mode) \(name)\0".utf8) + Data(id.bytes)
    }

    @Test func hugeBlobsAreRefusedByTheirHeader() async throws {
        let work = try makeWork()
        try work.write("small", "x")
        try Command.run("truncate", "-s", "700M", work.path + "/zeros")
        let commit = try work.commit("bomb")
        let repository = try Repository(localAt: work.path)
        let entries = try await repository.entries(of: commit)
        let zeros = try #require(entries.first { $0.path == "zeros" })
        #expect(try await repository.blobSize(zeros.id) == 700 << 20)
        let before = peakMemory()
        let error = await gitError { _ = try await repository.blob(zeros.id, limit: 1 << 20) }
        #expect(error?.code == .tooLarge)
        #expect(peakMemory() - before < 64 << 20)
    }

    @Test func aTreeThatMultipliesItselfIsRefused() async throws {
        let work = try makeWork()
        var tree = try work.git("hash-object", "-w", "--stdin").trimmingCharacters(in: .newlines)
        var kind = "100644 blob"
        // Ten levels of ten times the same: 10^10 files in eleven objects.
        for _ in 0..<10 {
            let lines = (0..<10).map { "\(kind) \(tree)\tf\($0)\n" }.joined()
            tree = try Command.run(arguments: ["git", "-C", work.path, "mktree"], input: Data(lines.utf8))
                .trimmingCharacters(in: .newlines)
            kind = "040000 tree"
        }
        let commit = try ObjectID(required: work.git("commit-tree", "-m", "x", tree))
        var limits = Limits()
        limits.treeEntries = 20_000
        let repository = try Repository(localAt: work.path, limits: limits)
        let listing = await gitError { _ = try await repository.entries(of: commit) }
        #expect(listing?.code == .tooLarge)
        let comparing = await gitError { _ = try await repository.changes(from: nil, to: commit) }
        #expect(comparing?.code == .tooLarge)
    }

    @Test func deepNestingIsRefused() async throws {
        let work = try makeWork()
        var tree = try work.git("mktree", "--missing").trimmingCharacters(in: .newlines)
        for _ in 0..<200 {
            let line = Data("040000 tree \(tree)\td\n".utf8)
            tree = try Command.run(arguments: ["git", "-C", work.path, "mktree"], input: line)
                .trimmingCharacters(in: .newlines)
        }
        let commit = try ObjectID(required: work.git("commit-tree", "-m", "x", tree))
        let error = await gitError { _ = try await Repository(localAt: work.path).entries(of: commit) }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: ["..", ".", "a/b", ""]) func namesThatAliasPathsAreCorrupt(name: String) async throws {
        let work = try makeWork()
        try work.write("a", "1")
        try work.commit("x")
        let blob = try work.id("HEAD:a")
        let commit = try commit(rawTree: item("100644", name, blob), in: work)
        let error = await gitError { _ = try await Repository(localAt: work.path).entries(of: commit) }
        #expect(error?.code == .corrupt)
    }

    @Test(arguments: [["a", "a"], ["b", "a"]]) func doubledAndUnsortedNamesAreCorrupt(names: [String]) async throws {
        let work = try makeWork()
        try work.write("a", "1")
        let good = try work.commit("x")
        let blob = try work.id("HEAD:a")
        let tree = names.map { item("100644", $0, blob) }.reduce(Data(), +)
        let commit = try commit(rawTree: tree, in: work)
        let repository = try Repository(localAt: work.path)
        let listing = await gitError { _ = try await repository.entries(of: commit) }
        #expect(listing?.code == .corrupt)
        let comparing = await gitError { _ = try await repository.changes(from: good, to: commit) }
        #expect(comparing?.code == .corrupt)
    }

    @Test func aDamagedObjectIsCorrupt() async throws {
        let work = try makeWork()
        try work.write("a", "something long enough to be damaged")
        try work.commit("x")
        let blob = try work.id("HEAD:a")
        let hex = blob.description
        let path = work.path + "/.git/objects/" + hex.prefix(2) + "/" + hex.dropFirst(2)
        try Command.run("chmod", "644", path)
        var content = try Data(contentsOf: URL(fileURLWithPath: path))
        content[content.count - 8] ^= 0xFF
        try content.write(to: URL(fileURLWithPath: path))
        let error = await gitError { _ = try await Repository(localAt: work.path).blob(blob, limit: 1000) }
        #expect(error?.code == .corrupt)
    }

    /// Bytes of this process's memory high-water mark.
    private func peakMemory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }
}
