internal import ArgumentParser
internal import Foundation
internal import GitRepository
internal import Lint
internal import Manifests
internal import OverlayNetwork
internal import Plan

extension PlanFormat: ExpressibleByArgument {}

/// `cvlan plan`: exits with `ChangePlan.Exit`; whatever keeps it from planning is 1, too.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Tell what a change of the manifests will do, before it does it.",
        discussion: """
            Compares two commits, BASE..HEAD (BASE...HEAD: from where HEAD branched off), or with --working-tree a \
            commit (HEAD when left out) with the files as they are. Tells which resources are created, changed and \
            deleted, which addresses are given, and which nodes get which new configuration. What the controller has \
            published is read from its state branch, here or at origin.

            Exits with 0 when nothing changes, 2 when something does, 1 when the head cannot be put in force or there is \
            no plan, as for a revision that is not there or an option that is not understood.
            """)

    @Argument(help: ArgumentHelp("BASE..HEAD, or BASE with --working-tree.", valueName: "range"))
    var range: String?

    @Flag(help: "Compare with the files in the working tree, committed or not.")
    var workingTree = false

    @OptionGroup var source: RepositoryOptions

    @Option(name: .shortAndLong, help: "What to print: text, json or markdown, which fits a comment on a pull request.")
    var format = PlanFormat.text

    @Option(name: .shortAndLong, help: "Write to a file instead of standard output.", completion: .file())
    var output: String?

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    @Option(
        help: ArgumentHelp(
            "How much of a network's nodes may go without a word, as in controller.yaml.", valueName: "percent"))
    var pruneLimit = PruneLimit.standard.percent

    @OptionGroup var terminal: TerminalOptions

    func validate() throws {
        guard PruneLimit(percent: pruneLimit) != nil else { throw ValidationError("--prune-limit takes 0 to 100") }
    }

    func run() async throws {
        StandardStreams.prepare()
        do {
            let plan = try await plan()
            let style = output == nil ? terminal.style : .plain
            let text = format.render(plan, style)
            if let output { try OutputFile.write(text, to: output) } else { try StandardStreams.write(text) }
            if plan.exit != .noChange { throw ExitCode(plan.exit.rawValue) }
        } catch let exit as ExitCode {
            throw exit
        } catch {
            StandardStreams.say("cvlan plan: \(error)")
            throw ExitCode(ChangePlan.Exit.failure.rawValue)
        }
    }

    private func plan() async throws -> ChangePlan {
        let planner = ChangePlanner(
            try source.open(), stateBranch: stateBranch,
            at: Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)),
            limit: PruneLimit(percent: pruneLimit) ?? .standard)
        if workingTree {
            if let range, range.contains("..") {
                throw PlanError("--working-tree takes one revision to compare with, not \(range)")
            }
            return try await planner.planWorkingTree(against: range ?? "HEAD")
        }
        // Not in `validate()`: what follows an option that is misspelt is taken for the range, and the option is told then.
        guard let text = range else { throw PlanError("say what to compare: BASE..HEAD, or --working-tree") }
        guard let range = PlanRange(text) else {
            let hint = text.contains("..") ? "BASE..HEAD or BASE...HEAD" : "\(text)..HEAD"
            throw PlanError("\(text) is no range: write \(hint)")
        }
        return try await planner.plan(range)
    }
}

/// Which repository a command looks at.
struct RepositoryOptions: ParsableArguments {
    @Option(
        help: "The git repository; the one that the current directory is in when left out.", completion: .directory)
    var repository: String?

    /// The repository at a path, or around it.
    func open() throws -> Repository {
        try Repository(around: repository ?? FileManager.default.currentDirectoryPath)
    }
}
