internal import ArgumentParser
internal import Audit
internal import Foundation
internal import Lint
internal import Reconciling

/// `cvlan replay`: computes again what was published, and compares.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Compute again from git what was published, and tell whether it is the same.",
        discussion: """
            COMMIT is a commit of the state branch, or one of main: then the state that was published from it. Everything \
            is computed from what the commit names: manifests, the state before it, the time and the settings.

            Exits with 0 when every byte is the same, 1 when something differs, 2 when it cannot be computed.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: "A state commit, or a commit of main; any revision of git.")
    var commit: String

    @Option(help: ArgumentHelp("Print the configuration that a node got, instead.", valueName: "tenant/node"))
    var node: String?

    @Flag(help: "With --node: the bytes that were signed, instead of JSON.")
    var bytes = false

    @Option(name: .shortAndLong, help: "What to print: text or json.")
    var format = Format.text

    @Option(name: .shortAndLong, help: "Write to a file instead of standard output.", completion: .file())
    var output: String?

    @OptionGroup var repository: RepositoryOptions

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    func validate() throws {
        guard !bytes || node != nil else { throw ValidationError("--bytes is of a node: say which with --node") }
    }

    func run() async throws {
        StandardStreams.prepare()
        let isIdentical = try await FlowOptions.failing("replay") {
            let replay = try await ReplayRequest(try repository.open(), stateBranch: stateBranch).replay(commit)
            if let node {
                try write(try config(of: node, in: replay))
            } else {
                let report = ReplayReport(replay)
                try write(Array((format == .json ? report.json : report.text).utf8))
            }
            return replay.isIdentical
        }
        if !isIdentical { throw ExitCode(1) }
    }

    private func config(of name: String, in replay: StateReplay) throws -> [UInt8] {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw AuditError("'\(name)' is no node: write TENANT/NODE") }
        guard let config = replay.config(of: NodeKey(tenant: parts[0], node: parts[1])) else {
            throw AuditError("nothing was published for \(name) at height \(replay.recorded.height)")
        }
        return bytes ? config.bytes : Array(try config.json().utf8)
    }

    private func write(_ content: [UInt8]) throws {
        if let output { try OutputFile.write(content, to: output) } else { try StandardStreams.write(content) }
    }
}
