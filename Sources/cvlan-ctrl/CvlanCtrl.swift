import Agent
import ArgumentParser

@main
struct CvlanCtrl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan-ctrl",
        abstract: "The client agent: enrols this machine and keeps its networks as git declares them.",
        subcommands: [
            EnrollCommand.self, RunCommand.self, KeyCommand.self, StatusCommand.self, ShowCommand.self,
        ])
}
