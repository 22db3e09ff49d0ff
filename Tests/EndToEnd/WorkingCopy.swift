import Glibc
import TestLab

/// A clone of the repository that the controller watches, as a member of the platform team has it.
struct WorkingCopy {
    /// The bare repository.
    let server: String
    let folder: String
    private let lab: Lab

    init(_ lab: Lab) throws {
        self.lab = lab
        server = lab.directory + "/net.git"
        folder = lab.directory + "/net"
        try lab.host("git", "init", "-q", "--bare", "-b", "main", server)
        try lab.host("git", "clone", "-q", server, folder)
        try git("checkout", "-q", "-B", "main")
    }

    func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            try lab.host("mkdir", "-p", "\(folder)/\(parent)")
            _ = try lab.file("net/" + path, text)
        }
    }

    func remove(_ path: String) throws {
        try git("rm", "-q", path)
    }

    /// Commits what was written and pushes it, on top of what the controller has committed meanwhile.
    @discardableResult
    func push(_ message: String) throws -> String {
        try git("add", "-A")
        try git("commit", "-q", "-m", message)
        if try !git("ls-remote", "origin", "main").isEmpty { try git("pull", "-q", "--rebase", "origin", "main") }
        try git("push", "-q", "origin", "main")
        return try git("rev-parse", "HEAD").trimmed
    }

    /// A git command in the server's repository.
    func atServer(_ arguments: String...) throws -> String {
        try lab.attempt(arguments: ["git", "-C", server] + arguments).output
    }

    @discardableResult
    private func git(_ arguments: String...) throws -> String {
        let author = ["-c", "user.name=Alice", "-c", "user.email=alice@acme.example"]
        let result = try lab.attempt(arguments: ["git", "-C", folder] + author + arguments)
        guard result.succeeded else { throw LabError("git \(arguments.joined(separator: " ")): \(result.errors)") }
        return result.output
    }
}
