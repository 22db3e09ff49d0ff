internal import ArgumentParser
internal import Foundation
internal import Manifests

/// `cvlan`: the command line for those who write manifests and run the network.
@main
struct CVLANCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan",
        abstract: "An overlay network that is declared in git.",
        subcommands: [
            LintCommand.self, PlanCommand.self, WhyCommand.self, CanCommand.self, SchemaCommand.self,
            ExportCommand.self, SealCommand.self, AuditCommand.self, VerifyCommand.self, ReplayCommand.self,
            StatusCommand.self, GetCommand.self, TokenCommand.self, ControllerCommand.self, KeyCommand.self,
            ApproveCommand.self,
        ])

    /// A command that was called wrongly exits with 2: 1 says that it ran and found something. Of `plan` it is 1: 2 says
    /// that something changes.
    static func main() async {
        if let inspector = InspectorCommand.called(by: CommandLine.arguments.first ?? "") {
            return await inspector.main(Array(CommandLine.arguments.dropFirst()))
        }
        if let name = CommandLine.arguments.dropFirst().first, let complaint = complaint(aboutCommand: name) {
            StandardStreams.say("cvlan: \(complaint)")
            exit(withError: ExitCode(2))
        }
        do {
            var command = try parseAsRoot(LintCommand.spelledOut(Array(CommandLine.arguments.dropFirst())))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch  where exitCode(for: error) == .validationFailure {
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            exit(withError: ExitCode(CommandLine.arguments.dropFirst().first == "plan" ? 1 : 2))
        } catch {
            exit(withError: error)
        }
    }

    /// The parser would only count what it did not expect.
    private static func complaint(aboutCommand name: String) -> String? {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !name.hasPrefix("-"), !names.contains(name) else { return nil }
        let near = Spelling.nearest(to: name, among: names).map { ": did you mean '\($0)'?" }
        return "there is no command '\(name)'" + (near ?? ", see cvlan --help")
    }
}
