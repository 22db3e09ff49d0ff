internal import Foundation
package import GitRepository
internal import Glibc

/// A git repository with a working tree, in a folder of its own that goes away with the value. No program is run.
package final class TestRepository: Sendable {
    package let folder: String
    package let repository: Repository

    package struct Failure: Error {
        package let what: String
    }

    package init() throws {
        var name = Array("/tmp/cvlan-repository-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw Failure(what: "no temporary folder") }
        folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Only a mirror of a remote repository is made where there is none; what it mirrors is never asked.
        let git = folder + "/.git"
        _ = try Repository(at: Location("ssh://localhost/none"), mirror: git)
        try Self.write("[core]\n\trepositoryformatversion = 0\n\tbare = false\n", to: git + "/config")
        try Self.write("ref: refs/heads/main\n", to: git + "/HEAD")
        repository = try Repository(at: .local(path: git))
    }

    deinit { Self.remove(folder) }

    /// Writes files (`nil`: removes them) onto a branch and gives the new commit. The working tree stays as it is.
    @discardableResult
    package func commit(
        _ files: [String: String?], on branch: String = "main", from start: ObjectID? = nil,
        message: String = "test", seconds: Int64 = 1_700_000_000
    ) async throws -> ObjectID {
        try await commit(
            bytes: files.mapValues { $0.map { Array($0.utf8) } }, on: branch, from: start, message, seconds)
    }

    /// As `commit`, with content that need not be text.
    @discardableResult
    package func commit(
        bytes files: [String: [UInt8]?], on branch: String = "main", from start: ObjectID? = nil,
        _ message: String = "test", _ seconds: Int64 = 1_700_000_000
    ) async throws -> ObjectID {
        let tip = if let start { start } else { try await repository.tip(of: branch) }
        let author = Identity(name: "Test Er", email: "tester@example.org", seconds: seconds)
        let commit = try await repository.makeCommit(
            files.mapValues { $0.map(TreeEdit.write) ?? .remove }, onTreeOf: tip, parents: tip.map { [$0] } ?? [],
            author: author, committer: author, message: message)
        try setReference("refs/heads/" + branch, to: "\(commit)")
        return commit
    }

    /// Points a reference somewhere, whatever is checked out.
    package func setReference(_ name: String, to target: String) throws {
        try write(".git/" + name, target + "\n")
    }

    /// Writes a file of the working tree.
    package func write(_ path: String, _ text: String) throws {
        let parts = path.split(separator: "/")
        for count in 1..<max(1, parts.count) {
            mkdir(folder + "/" + parts[..<count].joined(separator: "/"), 0o755)
        }
        try Self.write(text, to: folder + "/" + path)
    }

    package func remove(_ path: String) { Self.remove(folder + "/" + path) }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(what: "cannot write \(path)") }
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Failure(what: "cannot write \(path)") }
    }

    private static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
