import Foundation
import Lint
import Manifests

/// The evaluation time of tests.
let now = Timestamp(secondsSince1970: 1_800_000_000)

/// A run over files and folders.
func lintRun(
    _ paths: [String], failOn: Finding.Severity = .error, reservedNames: Set<String> = []
) throws -> LintRun {
    var input = try LintInput(paths: paths, root: nil)
    input.reservedNames = reservedNames
    return LintRun(input, at: now, failOn: failOn, version: "1.0.0")
}

/// The findings in files, given as path and text.
func lint(_ files: [(path: String, text: String)], at time: Timestamp = now) -> [Finding] {
    let loader = ManifestLoader()
    let set = ManifestSet(files: files.map { loader.load(path: $0.path, bytes: Array($0.text.utf8)) })
    return Linter(at: time).findings(in: set)
}

/// The findings in documents of the tenant `acme`. What stands behind a `§` in the text is called `§1`, `§2`, … in the
/// result, in place of file, line and column.
func lint(_ documents: String..., tenant: String = "") -> [String] {
    let head = "kind: Tenant, metadata: { name: acme }\(tenant.isEmpty ? "" : ", spec: { \(tenant) }")"
    let lines = ([head] + documents).map { "--- { apiVersion: cvlan.io/v1, \($0) }" }
    var places: [String] = []
    for (line, text) in lines.enumerated() {
        for (index, part) in text.split(separator: "§", omittingEmptySubsequences: false).dropLast().enumerated() {
            let before = text.split(separator: "§", omittingEmptySubsequences: false)[..<index].map(\.count).reduce(
                0, +)
            places.append("test.yaml:\(line + 1):\(before + part.count + 1)")
        }
    }
    let text = lines.joined(separator: "\n").replacing("§", with: "")
    // Examples are short: their nodes need no network, and are called `n`.
    let findings = lint([("test.yaml", text)]).filter { ![.saysNothing, .ambiguousWord].contains($0.code) }
    return findings.map { finding in
        var shown = finding.description + "$"
        for (index, place) in places.enumerated() {
            for end in [":", "$"] { shown = shown.replacing(place + end, with: "§\(index + 1)\(end)") }
        }
        return String(shown.dropLast())
    }
}

func node(_ name: String, _ spec: String = "") -> String {
    "kind: Node, metadata: { tenant: acme, name: \(name) }, spec: { \(spec) }"
}

func network(_ name: String, _ spec: String) -> String {
    "kind: CVLAN, metadata: { tenant: acme, name: \(name) }, spec: { \(spec) }"
}

func policy(_ name: String, _ spec: String) -> String {
    "kind: Policy, metadata: { tenant: acme, name: \(name) }, spec: { \(spec) }"
}

/// A folder that is gone when the test is over.
final class Folder {
    let path = NSTemporaryDirectory() + "lint-\(UUID().uuidString)"

    init(_ files: [String: String]) throws {
        for (file, text) in files {
            let url = URL(fileURLWithPath: "\(path)/\(file)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
