import GitRepository
import ManifestSource
import Manifests
import TestRepository
import Testing

struct CommitManifestsTests {
    /// More files than one thread reads before it asks for more, good and bad ones, some with equal content.
    private static func files() -> [String: String] {
        var files: [String: String] = [:]
        for number in 0..<400 {
            let tenant = "t\(number % 7)"
            files["tenants/\(tenant)/nodes/n\(number).yaml"] = """
                apiVersion: cvlan.io/v1
                kind: Node
                metadata: { tenant: \(tenant), name: n\(number) }
                spec: { \(number % 50 == 0 ? "rule" : "role"): gateway }
                """
            files["copies/n\(number).json"] = number % 3 == 0 ? "{" : "{}"
        }
        files["README.md"] = "kind: Node"
        files[".github/workflow.yaml"] = "kind: Node"
        return files
    }

    @Test func readingOnAllCoresGivesWhatReadingOneByOneGives() async throws {
        let test = try TestRepository()
        let files = Self.files()
        let commit = try await test.commit(files)
        let read = try await CommitManifests(of: "main", in: test.repository)
        #expect(read.commit == commit)
        let loader = ManifestLoader()
        let expected = files.filter { ManifestLoader.isManifest(path: $0.key) }.sorted { $0.key < $1.key }
            .map { loader.load(path: $0.key, bytes: Array($0.value.utf8)) }
        #expect(read.files.map(\.source.path) == expected.map(\.source.path))
        #expect(read.files.map(\.resources) == expected.map(\.resources))
        #expect(read.files.map(\.problems) == expected.map(\.problems))
        #expect(read.files.contains { !$0.problems.isEmpty })
    }

    @Test func theControllersTreeIsTheSameWhicheverCommitItComesFrom() async throws {
        let test = try TestRepository()
        let first = try await test.commit(Self.files())
        let second = try await test.commit(["copies/n1.json": nil, "copies/n2.json": "[]", "new.yaml": "{}"])
        let store = ManifestStore(repository: test.repository)
        _ = try await store.advance(to: first)
        let moved = try await store.advance(to: second)
        let fresh = try await ManifestStore(repository: test.repository).advance(to: second)
        #expect(moved.files.mapValues(\.blob) == fresh.files.mapValues(\.blob))
        #expect(moved.files.mapValues(\.file.problems) == fresh.files.mapValues(\.file.problems))
        #expect(moved.files["copies/n1.json"] == nil)
    }

    @Test func theTextOfAFileIsThatOfTheCommit() async throws {
        let test = try TestRepository()
        try await test.commit(["a.yaml": "one", "b.txt": "no manifest"])
        try await test.commit(["a.yaml": "two"])
        let read = try await CommitManifests(of: "main~1", in: test.repository)
        #expect(read.text(of: "a.yaml") == Array("one".utf8))
        #expect(read.text(of: "b.txt") == nil)
        #expect(read.text(of: "none.yaml") == nil)
    }

    @Test func aRepositoryIsFoundFromAFolderInside() async throws {
        let test = try TestRepository()
        try test.write("a/b/c.txt", "")
        let repository = try Repository(around: test.folder + "/a/b")
        #expect(repository.workingTree == test.folder)
        #expect(throws: GitError(.notFound, "/nowhere is in no git repository")) {
            try Repository(around: "/nowhere")
        }
    }
}
