internal import ArgumentParser
internal import Audit
internal import Foundation
internal import Trust
internal import WireFormat

/// `cvlan verify`: checks a whole repository, offline.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a whole repository: every signature, role, state, generation and digest, from the first on.",
        discussion: """
            Looks at git alone. Without --root it prints the pin of the first root document that the state branch has: \
            whoever checks the repository has to compare that with what they were given when it was set up.

            Exits with 0 when all is as it has to be, 1 when something is not, 2 when it cannot be checked.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Option(
        help: ArgumentHelp("The root that is known: a root document, or its pin.", valueName: "file|sha256:…"),
        completion: .file())
    var root: String?

    @Flag(help: "Leave out computing every state again, which takes the most time.")
    var withoutReplay = false

    @Option(name: .shortAndLong, help: "What to print: text or json.")
    var format = Format.text

    @Option(name: .shortAndLong, help: "Write to a file instead of standard output.", completion: .file())
    var output: String?

    @OptionGroup var repository: RepositoryOptions

    @Option(help: "The branch that is published.")
    var branch = "main"

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    func run() async throws {
        StandardStreams.prepare()
        let isVerified = try await FlowOptions.failing("verify") {
            let report = try await RepositoryVerifier(
                try repository.open(), branch: branch, stateBranch: stateBranch, pin: try root.map(Self.pin),
                replays: !withoutReplay
            ).verify()
            let text = format == .json ? report.json : report.text
            if let output { try OutputFile.write(text, to: output) } else { try StandardStreams.write(text) }
            return report.isVerified
        }
        if !isVerified { throw ExitCode(1) }
    }

    private static func pin(_ text: String) throws -> RootPin {
        if let pin = RootPin(text) { return pin }
        guard !text.hasPrefix("sha256:") else { throw AuditError("'\(text)' is no pin: sha256: and 64 digits") }
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: text))
        } catch {
            throw AuditError("cannot read \(text): \(error.localizedDescription)")
        }
        do {
            return RootPin(ofPayload: try WireEnvelope(serializedBytes: bytes).payload)
        } catch {
            throw AuditError("\(text) is no root document")
        }
    }
}
