import Foundation
import Lint
import Manifests
import Testing

/// Every folder of `Corpus` is a bad repository and what is said of it in each format.
///
///     CV102-unknown-network/
///       repo/            what is looked at
///       time             when it is looked at; 2027-01-15T08:00:00Z when left out
///       expected.txt     and .json, .sarif, .github, .xml
///
/// `CVLAN_UPDATE_GOLDEN=1 swift test --filter CorpusTests` writes what is expected anew: read the difference then.
struct CorpusTests {
    @Test(arguments: CorpusFolder.all)
    func aRepositoryIsReportedAsExpected(_ folder: CorpusFolder) throws {
        let run = try folder.run()
        if CorpusFolder.isUpdating { Issue.record("what is expected is written, not compared") }
        for format in LintFormat.allCases {
            let file = folder.url.appendingPathComponent("expected.\(format.suffix)")
            let text = format.render(run.report)
            if CorpusFolder.isUpdating {
                try Data(text.utf8).write(to: file)
            } else {
                let expected = String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
                // Not `#expect`, which would print both as a whole.
                if text != expected {
                    Issue.record("\(file.lastPathComponent) \(LineDifference(from: expected, to: text))")
                }
            }
        }
    }

    @Test(arguments: CorpusFolder.all.filter { $0.code != nil })
    func aRepositoryShowsTheCodeThatItIsNamedAfter(_ folder: CorpusFolder) throws {
        let code = try #require(folder.code)
        #expect(try folder.run().report.findings.contains { $0.code == code })
    }

    @Test func everyCodeHasAFolder() {
        #expect(Set(FindingCode.allCases).subtracting(CorpusFolder.all.compactMap(\.code)) == [])
    }
}

/// One repository of the corpus.
struct CorpusFolder: Sendable, CustomTestStringConvertible {
    let url: URL

    static let isUpdating = ProcessInfo.processInfo.environment["CVLAN_UPDATE_GOLDEN"] != nil

    static let all: [CorpusFolder] = {
        let corpus = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("Corpus")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: corpus.path)) ?? []
        return names.sorted().map { CorpusFolder(url: corpus.appendingPathComponent($0)) }
    }()

    var testDescription: String { url.lastPathComponent }

    /// What is in front of the first hyphen of the name.
    var code: FindingCode? { FindingCode(rawValue: String(url.lastPathComponent.prefix { $0 != "-" })) }

    /// As if lint had been called inside `repo`, which is `/repository` in reports.
    func run() throws -> LintRun {
        let repository = url.appendingPathComponent("repo").path
        let paths = try FileManager.default.subpathsOfDirectory(atPath: repository).filter(ManifestLoader.isManifest)
        let files = try paths.sorted().map { path in
            ManifestLoader().load(path: path, bytes: Array(try Data(contentsOf: Self.file(repository, path))))
        }
        let input = LintInput(files: files, root: "/repository") { file in
            (try? Data(contentsOf: Self.file(repository, file.path))).map(Array.init)
        }
        return LintRun(input, at: try time(), version: "1.0.0")
    }

    private func time() throws -> Timestamp {
        guard let data = try? Data(contentsOf: url.appendingPathComponent("time")) else { return now }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return try #require(Timestamp(text))
    }

    private static func file(_ folder: String, _ path: String) -> URL { URL(fileURLWithPath: "\(folder)/\(path)") }
}

extension LintFormat {
    /// Of the files that hold what is expected.
    fileprivate var suffix: String {
        switch self {
        case .text: "txt"
        case .json: "json"
        case .sarif: "sarif"
        case .github: "github"
        case .junit: "xml"
        }
    }
}

/// The lines that differ, as `diff -u` tells them, without those around.
struct LineDifference: CustomStringConvertible {
    let description: String

    private static let mostLines = 40

    init(from old: String, to new: String) {
        let lines = [old, new].map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        let changes = lines[1].difference(from: lines[0]).map { change in
            switch change {
            case .remove(let offset, let line, _): (offset, "\(offset + 1) - \(line)")
            case .insert(let offset, let line, _): (offset, "\(offset + 1) + \(line)")
            }
        }
        let shown = changes.sorted { $0.0 < $1.0 }.map(\.1)
        let rest = shown.count > Self.mostLines ? ["and \(shown.count - Self.mostLines) more"] : []
        description =
            (["is not as expected (CVLAN_UPDATE_GOLDEN=1 writes it anew):"] + shown.prefix(Self.mostLines) + rest)
            .joined(separator: "\n")
    }
}
