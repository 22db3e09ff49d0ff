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

    /// As `ssh-keygen -Y sign` makes it.
    func signature(of text: String, for namespace: String) async throws -> String {
        let input = folder.path + "/text"
        try? FileManager.default.removeItem(atPath: input + ".sig")
        try text.write(toFile: input, atomically: true, encoding: .utf8)
        try await Shell.run("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", file, input])
        return try String(contentsOfFile: input + ".sig", encoding: .utf8)
    }

    /// What `ssh-keygen -l` shows.
    func fingerprint() async throws -> String {
        let output = try await Shell.run("ssh-keygen", ["-l", "-f", file + ".pub"])
        return String(decoding: output, as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init) ?? ""
    }
}
