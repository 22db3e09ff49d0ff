import Foundation
import Sodium

/// A key as `ssh-keygen` makes it, to sign commits with as people do.
final class SigningKey: Sendable {
    private let folder: TemporaryFolder
    /// The line of `authorized_keys`, without a comment.
    let line: String

    private var file: String { folder.path + "/key" }

    init(_ name: String = "key") async throws {
        folder = try TemporaryFolder("key")
        let file = folder.path + "/key"
        try await Shell.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file])
        let text = try String(contentsOfFile: file + ".pub", encoding: .utf8)
        line = text.split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// Of git, that make it sign every commit.
    var options: [String] {
        ["-c", "gpg.format=ssh", "-c", "user.signingkey=\(file)", "-c", "commit.gpgsign=true"]
    }

    /// What `ssh-keygen -l` shows.
    func fingerprint() async throws -> String {
        let output = try await Shell.run("ssh-keygen", ["-l", "-f", file + ".pub"])
        return String(decoding: output, as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init) ?? ""
    }
}
