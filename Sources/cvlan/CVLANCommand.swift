internal import ArgumentParser

/// `cvlan`: the command line for those who write manifests and run the network.
@main
struct CVLANCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan",
        abstract: "An overlay network that is declared in git.",
        subcommands: [
            LintCommand.self, StatusCommand.self, GetCommand.self, TokenCommand.self, ControllerCommand.self,
        ])
}
