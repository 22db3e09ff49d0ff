internal import ArgumentParser
internal import Foundation

/// `cvlan`: the command line for those who write manifests and run the network.
@main
struct CVLANCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan",
        abstract: "An overlay network that is declared in git.",
        subcommands: [
            LintCommand.self, PlanCommand.self, WhyCommand.self, CanCommand.self, SchemaCommand.self,
            StatusCommand.self, GetCommand.self, TokenCommand.self, ControllerCommand.self,
        ])

    /// A command that was called wrongly exits with 2: 1 says that it ran and found something. Of `plan` it is 1: 2 says
    /// that something changes.
    static func main() async {
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
}
