internal import ArgumentParser
internal import Audit
internal import Foundation
internal import Manifests

extension AuditFormat: ExpressibleByArgument {}

/// `cvlan audit`: what happened, from git alone.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Tell from git alone who changed what, and what was published of it.",
        discussion: """
            Lists the commits of main with their signatures, roles, approvals and refusals, and the states that were \
            published from them: addresses, configurations, and the flows that opened and closed.

            With --could it answers who could reach whom at a moment of the past, and which commits made it so: \
            cvlan audit --could laptop-1 db-1:5432/tcp --at 2026-03-01. A day alone is its first second, UTC. A state \
            counts from the latest of its evaluation time, its source's committer time, and its predecessor's moment.

            Exits with 0; with --could with 0 when the flow was open, 1 when it was not; 2 when there is no answer.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Whether SRC could reach DST:PORT/PROTO at --at.", valueName: "src dst"))
    var could: [String] = []

    @Option(help: ArgumentHelp("For --could: a day, or an instant as 2026-03-01T12:00:00Z.", valueName: "date"))
    var at: String?

    @Option(name: .shortAndLong, help: "Only of this tenant.")
    var tenant: String?

    @Option(help: ArgumentHelp("Only of this node: NODE or TENANT/NODE.", valueName: "node"))
    var node: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Only what opened or closed the flow from SRC to DST:PORT/PROTO, with the commits behind it.",
            valueName: "src dst"))
    var flow: [String] = []

    @Option(help: "Only by this person: a name, an e-mail address, or a key's fingerprint.")
    var person: String?

    @Option(help: ArgumentHelp("Only from then on: a day, or an instant.", valueName: "date"))
    var since: String?

    @Option(help: ArgumentHelp("Only up to then: a day with all of it, or an instant.", valueName: "date"))
    var until: String?

    @Option(help: "At most so many entries, the newest.")
    var limit: Int?

    @Option(name: .shortAndLong, help: "What to print: text, json, csv or html.")
    var format = AuditFormat.text

    @Option(name: .shortAndLong, help: "Write to a file instead of standard output.", completion: .file())
    var output: String?

    @OptionGroup var repository: RepositoryOptions

    @Option(help: "The branch that is published.")
    var branch = "main"

    @Option(help: "The branch of the controller's state.")
    var stateBranch = "cvlan-state"

    func validate() throws {
        guard [0, 2].contains(could.count) else { throw ValidationError("--could takes SRC and DST:PORT/PROTO") }
        guard [0, 2].contains(flow.count) else { throw ValidationError("--flow takes SRC and DST:PORT/PROTO") }
        guard could.isEmpty == (at == nil) else { throw ValidationError("--could and --at belong together") }
        guard could.isEmpty || format == .text || format == .json else {
            throw ValidationError("an answer of --could is text or json")
        }
        guard (limit ?? 1) > 0 else { throw ValidationError("--limit takes 1 and more") }
    }

    func run() async throws {
        StandardStreams.prepare()
        let isOpen = try await FlowOptions.failing("audit") {
            if could.isEmpty {
                try write(format.render(try await timeline()))
                return true
            }
            let finding = try await FlowHistory(try repository.open(), stateBranch: stateBranch).could(
                from: could[0], to: could[1], tenant: tenant, at: try time(at ?? "").first)
            let report = FlowReport(finding)
            try write(format == .json ? report.json : report.text)
            return finding.moment.isOpen
        }
        if !isOpen { throw ExitCode(1) }
    }

    private func timeline() async throws -> Timeline {
        let repository = try repository.open()
        var filter = AuditFilter()
        filter.tenant = tenant
        filter.person = person
        filter.since = try since.map { try time($0).first }
        filter.until = try until.map { try time($0).last }
        filter.limit = limit
        if let node {
            let parts = node.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard (1...2).contains(parts.count), let name = parts.last else {
                throw AuditError("'\(node)' is no node: write NODE or TENANT/NODE")
            }
            filter.node = (parts.count == 2 ? parts[0] : nil, name)
        }
        let reader = TimelineReader(repository, branch: branch, stateBranch: stateBranch)
        guard !flow.isEmpty else { return try await reader.read(filter) }
        let changes = try await FlowHistory(repository, stateBranch: stateBranch).changes(
            from: flow[0], to: flow[1], tenant: tenant)
        filter.tenant = changes.tenant
        return try await reader.read(filter, onlyStates: changes.states)
    }

    private func time(_ text: String) throws -> AuditTime {
        guard let time = AuditTime(text) else {
            throw AuditError("'\(text)' is no date: write 2026-03-01 or 2026-03-01T12:00:00Z")
        }
        return time
    }

    private func write(_ text: String) throws {
        if let output { try OutputFile.write(text, to: output) } else { try StandardStreams.write(text) }
    }
}
