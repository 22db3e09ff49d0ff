internal import ArgumentParser
internal import Foundation
internal import GitRepository
internal import Lint
internal import ManifestSource
internal import Manifests
internal import WireFormat

/// `cvlan lint`: exits with `LintRun.Exit`.
struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check manifests.",
        discussion: """
            Checks the manifests in files and folders, or in a commit, as one repository. In folders, .yaml, .yml and \
            .json files count; what begins with a dot and symbolic links do not.

            A comment silences a finding on its line, or alone on a line those of the next: # cvlan: ignore CODE reason

            Exits with 0 when there is nothing to fail on, 1 when there is, 2 when it was called wrongly or could not \
            run, 3 when there are no manifests.
            """)

    @Argument(help: "Files and folders; the current directory when left out.", completion: .file())
    var paths: [String] = []

    @Option(
        name: .shortAndLong,
        help: "What to print: text, json, sarif, github (annotations of a workflow) or junit; text when left out.")
    var format: LintFormat?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Also write a report to a file; `-` is standard output. As often as there are files to write.",
            valueName: "format=file"),
        completion: .file())
    var output: [LintOutput] = []

    @Option(help: "From which severity on to exit with 1: warning or error.")
    var failOn = FailOn.error

    @Option(help: "Tell what a code is about, and how to mend it; `all` lists the codes.")
    var explain: String?

    @Option(
        help: ArgumentHelp(
            "Mend files in place: --fix what is safe, --fix=suggested the rest too.",
            discussion: "Comments and layout stay. What is left is reported as ever.", valueName: "safe|suggested"))
    var fix: FixLevel?

    @Option(help: "Check a commit, read from the object database: a branch, a tag, an id, main~2.")
    var commit: String?

    @Option(help: "The git repository of the commit; the one that the current directory is in when left out.")
    var repository: String?

    @Option(
        help: ArgumentHelp(
            "What the controller is called: no gateway may have its name. As often as it has names.",
            valueName: "host"))
    var controllerName: [String] = []

    @Flag(name: .shortAndLong, help: "No summary on standard error.")
    var quiet = false

    @OptionGroup var terminal: TerminalOptions

    enum FailOn: String, CaseIterable, ExpressibleByArgument {
        case warning, error

        var severity: Finding.Severity { self == .warning ? .warning : .error }
    }

    enum FixLevel: String, CaseIterable, ExpressibleByArgument {
        case safe, suggested

        var safety: Fix.Safety { self == .safe ? .safe : .suggested }
    }

    /// With `--fix` alone made `--fix=safe`: the parser has no options whose value can be left out, but such as would take
    /// a path for it.
    static func spelledOut(_ arguments: [String]) -> [String] {
        guard arguments.first == configuration.commandName else { return arguments }
        let options = arguments.prefix { $0 != "--" }
        return options.map { $0 == "--fix" ? "--fix=\(FixLevel.safe.rawValue)" : $0 } + arguments[options.endIndex...]
    }

    func validate() throws {
        if repository != nil, commit == nil { throw ValidationError("--repository is of use with --commit only") }
        if fix != nil, commit != nil { throw ValidationError("--fix mends files, not commits") }
        let toStandard = output.filter(\.isStandard).count + (format == nil ? 0 : 1)
        if toStandard > 1 { throw ValidationError("standard output takes one format: name a file for the others") }
    }

    func run() async throws {
        StandardStreams.prepare()
        let exit: LintRun.Exit =
            if let explain { Self.explain(ExplainRequest(explain), terminal.style) } else { await lint() }
        if exit != .clean { throw ExitCode(exit.rawValue) }
    }

    private func lint() async -> LintRun.Exit {
        do {
            let now = Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970))
            var input = try await input()
            input.reservedNames = Set(controllerName.map { $0.lowercased() })
            var isComplete = true
            if let fix { isComplete = mend(&input, fix, at: now) }
            let run = LintRun(input, at: now, failOn: failOn.severity, version: ProductVersion.current)
            guard run.exit != .nothingToLint else {
                let place = paths.isEmpty && commit == nil ? "." : paths.joined(separator: ", ")
                say("no manifests in \([place, commit ?? ""].filter { !$0.isEmpty }.joined(separator: " of "))")
                return .nothingToLint
            }
            if !write(run.report) { isComplete = false }
            if !quiet { summarize(run.report) }
            Self.end(isComplete ? run.exit : .couldNotRun, with: input)
        } catch {
            say("\(error)")
            return .couldNotRun
        }
    }

    /// Ends the process with its manifests in memory: to free a hundred thousand one by one takes a good part of the time
    /// that it took to check them.
    private static func end(_ exit: LintRun.Exit, with input: LintInput) -> Never {
        withExtendedLifetime(input) { Foundation.exit(exit.rawValue) }
    }

    private func input() async throws -> LintInput {
        let root = FileManager.default.currentDirectoryPath
        guard let commit else { return try LintInput(paths: paths.isEmpty ? ["."] : paths, root: root) }
        let repository = try repository.map { try Repository(at: .local(path: $0)) } ?? Repository(around: root)
        let manifests = try await CommitManifests(of: commit, in: repository)
        let files = manifests.files.filter { file in paths.isEmpty || paths.contains { file.source.isInside($0) } }
        return LintInput(files: files, root: nil) { manifests.text(of: $0.path) }
    }

    /// - Returns: whether all files that can be mended could be written.
    private func mend(_ input: inout LintInput, _ level: FixLevel, at time: Timestamp) -> Bool {
        let fixing: Fixing
        (fixing, input) = input.fixed(level.safety, at: time)
        for failure in fixing.failures { say("cannot mend \(failure)") }
        if !quiet {
            let files = LintSummary.count(fixing.written.count, "file")
            say("mended \(LintSummary.count(fixing.fixed.count, "finding")) in \(files)")
        }
        return fixing.failures.isEmpty
    }

    // MARK: Output

    /// Standard output comes first: what is found is told even where a file cannot be written.
    ///
    /// - Returns: whether all could be written.
    private func write(_ report: LintReport) -> Bool {
        var outputs = output
        if !output.contains(where: \.isStandard) {
            outputs.append(LintOutput(format ?? .text, to: LintOutput.standard))
        }
        var isComplete = true
        for output in outputs.filter(\.isStandard) + outputs.filter({ !$0.isStandard }) {
            do {
                if output.isStandard {
                    try StandardStreams.write(output.format.render(report, style: terminal.style))
                } else {
                    try OutputFile.write(output.format.render(report), to: output.path)
                }
            } catch {
                say("\(error)")
                isComplete = false
            }
        }
        return isComplete
    }

    private func summarize(_ report: LintReport) {
        say("\(report.summary)")
        guard let worst = report.findings.max(by: { $0.severity < $1.severity }) else { return }
        say("more about a finding: cvlan lint --explain \(worst.code.rawValue)")
    }

    private func say(_ text: String) { StandardStreams.say("cvlan lint: \(text)") }

    private static func explain(_ request: ExplainRequest, _ style: TextStyle) -> LintRun.Exit {
        do {
            switch request {
            case .all:
                try StandardStreams.write(FindingCode.allCases.map { ExplainRequest.line($0) + "\n" }.joined())
            case .code(let code):
                try StandardStreams.write(code.page(width: min(style.width, 100)))
            case .unknown(let text, let near):
                StandardStreams.say("cvlan lint: there is no code `\(text)`\(near.isEmpty ? "" : ": did you mean")")
                for code in near { StandardStreams.say("  \(ExplainRequest.line(code))") }
                StandardStreams.say("all codes: cvlan lint --explain all")
                return .couldNotRun
            }
            return .clean
        } catch {
            StandardStreams.say("cvlan lint: \(error)")
            return .couldNotRun
        }
    }
}

extension SourceFile {
    /// Whether it is a file, or in a folder, of a repository.
    fileprivate func isInside(_ path: String) -> Bool {
        let folder = path.split(separator: "/").filter { $0 != "." }
        return self.path.split(separator: "/").starts(with: folder)
    }
}
