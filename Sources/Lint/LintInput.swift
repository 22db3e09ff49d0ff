package import Manifests

/// What lint looks at, as one repository: files and folders, or a commit.
package struct LintInput: Sendable {
    package let manifests: ManifestSet
    /// Of all files, sorted.
    package let paths: [String]
    /// The folder that relative paths begin in; `nil` where there is none.
    package let root: String?
    /// The text of one of the files, once more.
    package let source: @Sendable (SourceFile) -> [UInt8]?

    package init(files: [ManifestFile], root: String?, source: @escaping @Sendable (SourceFile) -> [UInt8]?) {
        manifests = ManifestSet(files: files)
        paths = files.map(\.source.path).sorted()
        self.root = root
        self.source = source
    }

    /// Reads files and folders.
    ///
    /// - Parameter root: the current directory, absolute.
    package init(paths: [String], root: String?, limits: ManifestLimits = ManifestLimits()) throws(FolderReader.Failure)
    {
        var files: [ManifestFile] = []
        // A file that is named twice, itself and by its folder, is read once.
        var seen: Set<String> = []
        for path in paths {
            try FolderReader(loader: ManifestLoader(limits: limits)).read(path) {
                if seen.insert($0.source.path).inserted { files.append($0) }
            }
        }
        self.init(files: files, root: root) { file in
            guard case .bytes(let bytes) = FileContent(of: file.path, limit: limits.fileBytes) else { return nil }
            return bytes
        }
    }
}
