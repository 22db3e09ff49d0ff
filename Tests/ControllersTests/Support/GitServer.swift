import Foundation

/// A bare repository and a clone in which a user works, made by the real git.
final class GitServer: Sendable {
    let folder: TemporaryFolder

    var bare: String { folder.path + "/fleet.git" }
    private var work: String { folder.path + "/work" }

    init() async throws {
        folder = try TemporaryFolder("git")
        try await Shell.run("git", ["init", "-q", "--bare", "-b", "main", bare])
        try await Shell.run("git", ["init", "-q", "-b", "main", work])
        try await git("remote", "add", "origin", bare)
    }

    @discardableResult
    func git(_ arguments: String...) async throws -> String { try await run(arguments) }

    /// - Parameter options: of git itself, before its command.
    @discardableResult
    func git(_ options: [String], _ arguments: String...) async throws -> String {
        try await run(options + arguments)
    }

    private func run(_ arguments: [String]) async throws -> String {
        let output = try await Shell.run("git", arguments, in: work)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Goes to what a branch of the bare repository is, apart from all local branches.
    func checkOut(_ branch: String) async throws {
        try await git("fetch", "-q", "origin", branch)
        try await git("checkout", "-q", "--detach", "FETCH_HEAD")
    }

    /// Adds a statement about a commit to the notes that approvals are in, by git itself.
    func approve(
        _ commit: String, as name: String, _ key: SigningKey, adopting: Bool = false, replacing: String? = nil
    ) async throws {
        let subject =
            adopting
            ? "Adopted-Commit: \(commit)\n" + (replacing.map { "Replaces-Commit: \($0)\n" } ?? "")
            : "Approved-Commit: \(commit)\n"
        let text = subject + "Approver: \(name)\nApproved-At: 2026-11-22T05:00:00Z\n"
        let namespace = adopting ? "cvlan-adopt@cvlan.io" : "cvlan-approve@cvlan.io"
        let note = text + (try await key.signature(of: text, for: namespace))
        _ = try await bareGit("notes", "--ref", "cvlan-approvals", "append", "-m", note, commit)
    }

    /// What the bare repository says.
    func bareGit(_ arguments: String...) async throws -> String {
        let output = try await Shell.run("git", ["-C", bare] + arguments)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Commits files on top of what main is now, and pushes. `nil` removes one.
    @discardableResult
    func commit(
        _ files: [String: String?], _ message: String = "change", date: Int? = nil, signedBy key: SigningKey? = nil
    ) async throws -> String {
        if (try? await bareGit("rev-parse", "-q", "--verify", "main")) != nil {
            try await git("fetch", "-q", "origin", "main")
            try await git("reset", "-q", "--hard", "FETCH_HEAD")
        }
        for (path, text) in files {
            let file = work + "/" + path
            guard let text else {
                try FileManager.default.removeItem(atPath: file)
                continue
            }
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        try await git("add", "-A")
        let date = "@\(date ?? 1_790_000_000) +0000"
        try await git(key?.options ?? [], "commit", "-q", "--allow-empty", "-m", message, "--date", date)
        try await git("push", "-q", "origin", "HEAD:main")
        return try await git("rev-parse", "HEAD")
    }
}
