package import ArgumentParser
internal import Foundation
internal import Trust

/// `enroll`: joins a network, once.
package struct EnrollCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Join: make this node's keys, prove who it is, and pin the root document.",
        discussion: """
            With a join token the controller commits a Node manifest for this machine. Without one, the manifest must be \
            there already and declare the public key that `key` prints.
            """)

    @OptionGroup var state: StateOptions

    @Option(help: "The join token, or @FILE to read it from a file.")
    var token: String?

    @Option(help: "https://HOST:PORT of the controller; a token names it too.")
    var controller: String?

    @Option(help: "sha256:HEX of the root document, as `cvlan controller init` printed it; a token names it too.")
    var root: String?

    @Option(help: "The tenant; a token names it too.")
    var tenant: String?

    @Option(help: "The node's name; this machine's host name if left out.")
    var node: String?

    @Option(help: "ADDRESS:PORT where other nodes reach this one; may be repeated.")
    var endpoint: [String] = []

    package init() {}

    package func run() async throws {
        let invitation = try Invitation(
            token: try token.map(Self.read), controller: controller, root: root, tenant: tenant,
            node: node ?? Self.hostLabel())
        let directory = try state.open()
        let result = try await Enrollment.enroll(invitation, directory: directory, endpoints: endpoint)
        switch result {
        case .enrolled(let identity):
            print("enrolled: node \(identity.node) of tenant \(identity.tenant), at \(identity.controller)")
        case .pendingReview(let message):
            print("waiting for approval: \(message)")
            print("run the same command again when it was merged")
            throw ExitCode(3)
        }
    }

    private static func read(_ token: String) throws -> String {
        guard token.hasPrefix("@") else { return token }
        let path = String(token.dropFirst())
        guard let data = FileManager.default.contents(atPath: path), data.count <= 16_384 else {
            throw ValidationError("cannot read a token from \(path)")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The host name's first label, as far as it is a DNS label.
    private static func hostLabel() -> String {
        let first = ProcessInfo.processInfo.hostName.lowercased().prefix { $0 != "." }
        return String(first.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}
