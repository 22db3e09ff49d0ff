internal import ArgumentParser
internal import Foundation
internal import Lint
internal import Manifests

/// `cvlan lint`: 0 when there are no errors, 1 when there are, 2 when nothing could be checked.
struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check manifests.",
        discussion: """
            Checks the manifests in files and folders as one repository, and prints each finding as \
            FILE:LINE:COLUMN: error[CODE]: message. In folders, .yaml, .yml and .json files count; what begins with a \
            dot and symbolic links do not.

            Exits with 0 when there are no errors (warnings may be), 1 with errors, 2 when it could not run.
            """)

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String] = []

    func run() async throws {
        let now = Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let run = LintRun(paths: paths, at: now)
        for finding in run.findings { print(finding) }
        FileHandle.standardError.write(Data("cvlan lint: \(run.summary)\n".utf8))
        if run.exit != .clean { throw ExitCode(run.exit.rawValue) }
    }
}
