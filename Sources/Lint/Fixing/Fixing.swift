package import Manifests

/// Mends files in place by the fixes of findings, round by round until nothing is left to mend: a fix may bring to light
/// what another can go on with. Comments, layout, line ends, a byte order mark and the file's mode stay.
///
/// Nothing is written before the last round. A file is not written when it has changed since it was read, when it is a
/// symbolic link, or where it would have more errors than before.
package struct Fixing: Sendable {
    /// What has been mended, by file.
    package private(set) var fixed: [Finding] = []
    /// Paths, sorted.
    package private(set) var written: [String] = []
    /// Files with fixes that could not be written, sorted.
    package private(set) var failures: [Failure] = []
    /// The files as they are now.
    package private(set) var files: [ManifestFile]

    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let path: String
        package let reason: String
        package var description: String { "\(path): \(reason)" }
    }

    private let loader: ManifestLoader
    private var texts: [Int: Text] = [:]

    /// A file that is being mended, by its place in `files`.
    private struct Text {
        let old: [UInt8]
        let oldFile: ManifestFile
        var new: [UInt8]
        var fixed: [Finding] = []
        var refusal: String?
    }

    private static let mostRounds = 10

    /// - Parameters:
    ///   - files: as they have been read from their paths, relative to the current directory.
    ///   - level: `suggested` has the safe ones too.
    ///   - findings: what lint has to say of files. Called once for every round.
    package init(
        _ files: [ManifestFile], _ level: Fix.Safety, loader: ManifestLoader = ManifestLoader(),
        findings: ([ManifestFile]) -> [Finding]
    ) {
        self.files = files
        self.loader = loader
        let indices = Dictionary(files.indices.map { (files[$0].source, $0) }, uniquingKeysWith: { first, _ in first })
        for _ in 0..<Self.mostRounds {
            var hasChanged = false
            for (source, plan) in FixPlan.byFile(findings(self.files), level) {
                if let index = indices[source], mend(index, plan) { hasChanged = true }
            }
            if !hasChanged { break }
        }
        write()
    }

    /// - Returns: whether anything has changed.
    private mutating func mend(_ index: Int, _ plan: FixPlan) -> Bool {
        let file = files[index]
        var text = texts[index] ?? read(file)
        defer { texts[index] = text }
        guard text.refusal == nil else { return false }
        guard let new = TextEdit.apply(plan.edits, to: text.new, path: file.source.path) else {
            text.refusal = FileReplacement.Refusal.changed.reason
            return false
        }
        let mended = loader.load(path: file.source.path, bytes: new)
        guard !mended.isWorse(than: file) else {
            text.refusal = "its fixes would leave it with more errors"
            return false
        }
        text.new = new
        text.fixed += plan.findings
        files[index] = mended
        return true
    }

    private func read(_ file: ManifestFile) -> Text {
        var text = Text(old: [], oldFile: file, new: [])
        switch FileContent(of: file.source.path, limit: loader.limits.fileBytes, followsLinks: false) {
        case .bytes(let bytes) where ManifestFile.digest(of: bytes) == file.digest:
            text = Text(old: bytes, oldFile: file, new: bytes)
        case .bytes, .tooLarge: text.refusal = FileReplacement.Refusal.changed.reason
        case .unreadable(let reason): text.refusal = reason
        }
        return text
    }

    private mutating func write() {
        for (index, text) in texts {
            let path = files[index].source.path
            var refusal = text.refusal
            if text.new != text.old {
                do throws(FileReplacement.Refusal) {
                    try FileReplacement.replace(path, text.old, with: text.new)
                    written.append(path)
                    fixed += text.fixed
                } catch {
                    files[index] = text.oldFile
                    refusal = error.reason
                }
            }
            if let refusal { failures.append(Failure(path: path, reason: refusal)) }
        }
        fixed.sort()
        written.sort()
        failures.sort { $0.path < $1.path }
    }
}

extension ManifestFile {
    /// Whether less of it can be read, or more of it is wrong by itself.
    fileprivate func isWorse(than old: ManifestFile) -> Bool {
        func has(_ kinds: Set<ManifestProblem.Kind>, _ file: ManifestFile) -> Bool {
            file.problems.contains { kinds.contains($0.kind) }
        }
        let illegible: Set<ManifestProblem.Kind> = [.syntax, .unreadable, .limit, .duplicateKey]
        if has(illegible, self), !has(illegible, old) { return true }
        // A manifest whose kind is not known is not looked into: what is wrong inside was wrong before.
        return problems.count > old.problems.count && !has([.unsupportedKind, .unsupportedVersion], old)
    }
}
