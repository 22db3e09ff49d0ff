internal import Foundation
package import GitRepository

/// A directory of its own that goes away with the value, and the real `git` program in it.
package final class Scratch: Sendable {
    package let path: String

    package init() throws {
        path = NSTemporaryDirectory() + "cvlan-git-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    package func write(_ name: String, _ text: String, mode: Int? = nil) throws -> String {
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path) }
        return url.path
    }

    /// A bare repository and a clone of it to work in, on the branch `main`.
    package func makePair() throws -> (bare: String, work: WorkTree) {
        try Command.run("git", "init", "-q", "--bare", "-b", "main", file("origin.git"))
        try Command.run("git", "clone", "-q", file("origin.git"), file("work"))
        try Command.run("git", "-C", file("work"), "checkout", "-q", "-B", "main")
        return (file("origin.git"), WorkTree(path: file("work")))
    }
}

/// A working tree, driven by the `git` program.
package struct WorkTree {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    @discardableResult
    package func git(_ arguments: String...) throws -> String {
        try Command.run(arguments: ["git", "-C", path] + arguments)
    }

    package func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Commits everything there is.
    @discardableResult
    package func commit(_ message: String) throws -> ObjectID {
        try git("add", "-A")
        try git("commit", "-q", "--allow-empty", "-m", message)
        return try head()
    }

    package func head() throws -> ObjectID { try id("HEAD") }

    package func id(_ revision: String) throws -> ObjectID {
        try ObjectID(required: git("rev-parse", revision))
    }

    package func push(_ arguments: String...) throws {
        try Command.run(arguments: ["git", "-C", path, "push", "-q", "origin"] + arguments)
    }
}

extension ObjectID {
    /// Throws where tests would otherwise unwrap.
    package init(required text: String) throws {
        guard let id = ObjectID(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw GitError(.invalid, "'\(text)' is no object id")
        }
        self = id
    }
}

extension Repository {
    package init(localAt path: String, limits: Limits = Limits()) throws {
        try self.init(at: .local(path: path), limits: limits)
    }
}

/// Who commits in these tests, at a fixed time.
package let tester = Identity(name: "Test Er", email: "tester@example.org", seconds: 1_700_000_000, offsetMinutes: 90)

/// The error that `body` throws, if it is git's.
package func gitError(_ body: () async throws -> Void) async -> GitError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? GitError
    }
}
