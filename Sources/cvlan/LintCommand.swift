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
    var paths: [String]

    private static let couldNotRun = ExitCode(2)

    func run() async throws {
        let reader = FolderReader()
        var files: [ManifestFile] = []
        var seen: Set<String> = []
        do {
            for path in paths {
                // A file that is named twice, itself and by its folder, is read once.
                files += try reader.read(path).filter { seen.insert($0.source.path).inserted }
            }
        } catch {
            Self.say("cvlan lint: \(error)")
            throw Self.couldNotRun
        }
        guard !files.isEmpty else {
            Self.say("cvlan lint: no manifests in \(paths.joined(separator: ", "))")
            throw Self.couldNotRun
        }
        let now = Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let findings = Linter(at: now).findings(in: ManifestSet(files: files))
        for finding in findings { print(finding) }
        let summary = LintSummary(files: files.count, findings: findings)
        Self.say("cvlan lint: \(summary)")
        if summary.errors > 0 { throw ExitCode(1) }
    }

    private static func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
