internal import ArgumentParser
internal import Glibc
internal import TestLab

/// `cvlan-soak`: a hub and spokes with traffic that comes, goes and roams, for as long as wanted.
@main
struct SoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvlan-soak",
        abstract: "Keep tunnels of cvland busy and disturbed, and see that nothing leaks, overtakes or comes twice.",
        discussion: "Needs root. See Tests/Soak/run.", subcommands: [RunCommand.self, ReplayCommand.self],
        defaultSubcommand: RunCommand.self)
}

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "The soak itself.")

    @Option(help: "How long; eight rounds at least.")
    var minutes = 0.6

    @Option(help: "Peers of the hub.")
    var spokes = 4

    @Option(help: "What to draw everything from.")
    var seed: UInt64 = UInt64.random(in: 0..<1_000_000)

    func validate() throws {
        guard minutes > 0, (2...50).contains(spokes) else {
            throw ValidationError("--minutes is more than 0, and --spokes from 2 to 50")
        }
    }

    func run() async throws {
        say("soak of \(minutes) minutes, \(spokes) spokes, seed \(seed)")
        let isPassed = try await withLab { lab in
            var soak = try await Soak(lab, spokes: spokes, seed: seed)
            return try await soak.run(for: .seconds(minutes * 60))
        }
        guard isPassed else { throw ExitCode.failure }
    }
}
