internal import ArgumentParser
internal import Foundation
internal import Lint
internal import Manifests
internal import OverlayNetwork
internal import Plan

/// Which flow, and in what state of the manifests.
struct FlowOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Who opens the flow: a node, TENANT/NODE or an address.", valueName: "src"))
    var source: String

    @Argument(
        help: ArgumentHelp(
            "To whom: a node, TENANT/NODE or an address, and of what service: db-1:5432/tcp, [fd00::7]:53/udp, db-1:icmp.",
            valueName: "dst"))
    var destination: String

    @Option(name: .shortAndLong, help: "The tenant, where the names alone do not tell.")
    var tenant: String?

    @Option(help: "Look at a commit instead of the working tree: a branch, a tag, an id, main~2.")
    var commit: String?

    @OptionGroup var repository: RepositoryOptions

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    func answer() async throws -> FlowLookup.Answer {
        let lookup = try await FlowLookup(
            try repository.open(), commit: commit, stateBranch: stateBranch,
            at: Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)))
        return try lookup.answer(from: source, to: destination, tenant: tenant)
    }

    /// Runs what throws; whatever that is, the command exits with 2.
    static func failing<T>(_ command: String, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch {
            StandardStreams.say("cvlan \(command): \(error)")
            throw ExitCode(2)
        }
    }
}

/// `cvlan why`: explains one flow.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Explain why a flow is open or closed: the rules and routes that decide, with their lines.",
        discussion: """
            Without a service, all that gets through is told. Exits with 0 whatever the answer is, 2 when there is none.
            """)

    @OptionGroup var flow: FlowOptions

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Option(name: .shortAndLong, help: "What to print: text or json.")
    var format = Format.text

    func run() async throws {
        StandardStreams.prepare()
        try await FlowOptions.failing("why") {
            let answer = try await flow.answer()
            switch format {
            case .text:
                let lines = "\(answer.explanation)".split(separator: "\n", omittingEmptySubsequences: false)
                try StandardStreams.write(lines.map { VisibleText.of(String($0)) + "\n" }.joined())
            case .json: try StandardStreams.write(JSONExplanation(answer).text)
            }
        }
    }
}

/// `cvlan can`: answers yes or no.
struct CanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "can",
        abstract: "Tell as exit status whether a flow is open.",
        discussion: "Exits with 0 when it is, 1 when it is not, 2 when there is no answer. `cvlan why` tells more.")

    @OptionGroup var flow: FlowOptions

    func run() async throws {
        StandardStreams.prepare()
        let isOpen = try await FlowOptions.failing("can") {
            let explanation = try await flow.answer().explanation
            guard explanation.query.service != nil else {
                throw ValidationError("say of what service: \(flow.destination):443/tcp")
            }
            let line = "\(explanation)".prefix { !$0.isNewline }
            try StandardStreams.write(VisibleText.of(String(line)) + "\n")
            return explanation.isOpen
        }
        if !isOpen { throw ExitCode(1) }
    }
}
