internal import Agent
internal import ArgumentParser

/// `vrouterctl` and `cvlancli`: this program called by another name, for whoever has to find out what a gateway or a client does, and
/// why not. The name is that of a link to the program.
enum InspectorCommand {
    /// What a name stands for; `nil`: the command line itself, which `cvlanctl` is too.
    static func called(by path: String) -> (any AsyncParsableCommand.Type)? {
        switch path.split(separator: "/").last {
        case "vrouterctl": VrouterctlCommand.self
        case "cvlancli": CvlancliCommand.self
        default: nil
        }
    }
}

struct VrouterctlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vrouterctl", abstract: "What this gateway does at the moment.",
        subcommands: [ShowCommand.self, Agent.StatusCommand.self])
}

struct CvlancliCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlancli", abstract: "What this machine does at the moment.",
        subcommands: [ShowCommand.self, Agent.StatusCommand.self])
}
