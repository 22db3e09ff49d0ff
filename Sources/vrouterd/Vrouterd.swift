import Agent
import ArgumentParser

@main
struct Vrouterd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vrouterd",
        abstract: "The gateway agent: enrols this gateway and keeps its networks as git declares them.",
        subcommands: [
            EnrollCommand.self, RunCommand.self, KeyCommand.self, StatusCommand.self, ShowCommand.self,
        ])
}
