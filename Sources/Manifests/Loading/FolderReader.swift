internal import Glibc

/// Reads manifests from files and folders.
///
/// A folder is walked as the controller sees a repository: `.yaml`, `.yml` and `.json` files, nothing that begins with
/// a dot, and symbolic links are not followed, so that nothing outside the tree is ever read.
package struct FolderReader: Sendable {
    private let loader: ManifestLoader

    package init(loader: ManifestLoader = ManifestLoader()) {
        self.loader = loader
    }

    package struct Failure: Error, CustomStringConvertible {
        package let path: String
        package let reason: String
        package var description: String { "\(path): \(reason)" }
    }

    /// The manifests of a file, or of all files in a folder, sorted by path; they are read on all cores. Paths in spans
    /// begin with `path`, but for a leading `./`.
    ///
    /// - Throws: `Failure` when `path` itself cannot be read. What cannot be read inside a folder is a problem of the
    ///   file that it is.
    package func read(_ path: String) throws(Failure) -> [ManifestFile] {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure(path: path, errno: errno) }
        let shown = Self.shown(path)
        switch status.st_mode & S_IFMT {
        case S_IFREG: return [readFile(path, shown: shown, followsLinks: true)]
        case S_IFDIR:
            var lister = FolderLister(folderDepth: loader.limits.folderDepth)
            try lister.list(Self.folder(path), shown: shown)
            return Parallel.map(lister.found) { read($0) }
        default: throw Failure(path: path, reason: "neither a file nor a folder")
        }
    }

    /// As `read`, file by file.
    package func read(_ path: String, _ body: (ManifestFile) -> Void) throws(Failure) {
        for file in try read(path) { body(file) }
    }

    private func read(_ item: FolderLister.Item) -> ManifestFile {
        switch item.refusal {
        case nil: readFile(item.path, shown: item.shown, followsLinks: false)
        case .unreadable(let reason): loader.refused(path: item.shown, .unreadable, reason)
        case .tooDeep:
            loader.refused(
                path: item.shown, .limit, "more than \(loader.limits.folderDepth) folders inside each other")
        }
    }

    private func readFile(_ path: String, shown: String, followsLinks: Bool) -> ManifestFile {
        switch FileContent(of: path, limit: loader.limits.fileBytes, followsLinks: followsLinks) {
        case .bytes(let bytes): loader.load(path: shown, bytes: bytes)
        case .tooLarge(let size): loader.refused(path: shown, byteCount: size)
        case .unreadable(let reason): loader.refused(path: shown, .unreadable, reason)
        }
    }

    /// Without slashes at the end.
    private static func folder(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    private static func shown(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
        return path == "." ? "" : folder(String(path))
    }
}

extension FolderReader.Failure {
    init(path: String, errno: CInt) {
        self.init(path: path, reason: FileContent.reason(errno))
    }
}
