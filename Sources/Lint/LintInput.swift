package import Manifests

/// What lint looks at, as one repository: files and folders, or a commit.
package struct LintInput: Sendable {
    package let manifests: ManifestSet
    private let files: [ManifestFile]
    /// Of all files, sorted.
    package let paths: [String]
    /// The folder that relative paths begin in; `nil` where there is none.
    package let root: String?
    /// The text of one of the files, once more.
    package let source: @Sendable (SourceFile) -> [UInt8]?
    /// What the controller is called by, where that is known: no gateway's name.
    package var reservedNames: Set<String> = []

    package init(files: [ManifestFile], root: String?, source: @escaping @Sendable (SourceFile) -> [UInt8]?) {
        manifests = ManifestSet(files: files)
        self.files = files
        paths = files.map(\.source.path).sorted()
        self.root = root
        self.source = source
    }

    /// Reads files and folders.
    ///
    /// - Parameter root: the current directory, absolute.
    package init(paths: [String], root: String?, limits: ManifestLimits = ManifestLimits()) throws(FolderReader.Failure)
    {
        let reader = FolderReader(loader: ManifestLoader(limits: limits))
        var files: [ManifestFile] = []
        for path in paths { files += try reader.read(path) }
        if paths.count > 1 {
            // A file that is named twice, itself and by its folder, counts once.
            var seen: Set<String> = []
            files = files.filter { seen.insert($0.source.path).inserted }
        }
        self.init(files: files, root: root) { file in
            guard case .bytes(let bytes) = FileContent(of: file.path, limit: limits.fileBytes) else { return nil }
            return bytes
        }
    }
}

extension LintInput {
    /// Mends the files in place as far as their findings have fixes. Not of a commit: what is read from git is not there
    /// to be written.
    ///
    /// - Parameter level: `suggested` has the safe fixes too.
    /// - Returns: what was done, and the files as they are then.
    package func fixed(_ level: Fix.Safety, at time: Timestamp) -> (fixing: Fixing, input: LintInput) {
        let fixing = Fixing(files, level) {
            LintRun.findings(in: ManifestSet(files: $0), at: time, reservedNames: reservedNames)
        }
        var input = LintInput(files: fixing.files, root: root, source: source)
        input.reservedNames = reservedNames
        return (fixing, input)
    }
}
