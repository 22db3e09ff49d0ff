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

    /// The manifests of a file, or of all files in a folder, sorted by path. Paths in spans begin with `path`, but for
    /// a leading `./`.
    ///
    /// - Throws: `Failure` when `path` itself cannot be read. What cannot be read inside a folder is a problem of the
    ///   file that it is.
    package func read(_ path: String) throws(Failure) -> [ManifestFile] {
        var files: [ManifestFile] = []
        try read(path) { files.append($0) }
        return files
    }

    /// As `read`, with each file handed over when it is read.
    package func read(_ path: String, _ body: (ManifestFile) -> Void) throws(Failure) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure(path: path, reason: FileContent.reason(errno)) }
        let shown = Self.shown(path)
        switch status.st_mode & S_IFMT {
        case S_IFREG: body(readFile(path, shown: shown))
        case S_IFDIR: try walk(path, shown: shown, depth: 0, body)
        default: throw Failure(path: path, reason: "neither a file nor a folder")
        }
    }

    private func walk(
        _ folder: String, shown: String, depth: Int, _ body: (ManifestFile) -> Void
    ) throws(Failure) {
        guard depth <= loader.limits.folderDepth else {
            body(
                loader.refused(path: shown, .limit, "more than \(loader.limits.folderDepth) folders inside each other"))
            return
        }
        for name in try names(in: folder).sorted() where !name.hasPrefix(".") {
            let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
            let shownPath = shown.isEmpty ? name : "\(shown == "/" ? "" : shown)/\(name)"
            var status = stat()
            // A file that is gone since its folder was listed is no problem.
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                do throws(Failure) {
                    try walk(path, shown: shownPath, depth: depth + 1, body)
                } catch {
                    body(loader.refused(path: shownPath, .unreadable, error.reason))
                }
            case S_IFREG where ManifestLoader.isManifest(path: name):
                body(readFile(path, shown: shownPath))
            default: break
            }
        }
    }

    private func names(in folder: String) throws(Failure) -> [String] {
        guard let stream = opendir(folder) else { throw Failure(path: folder, reason: FileContent.reason(errno)) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // `d_name` is as long as it needs to be, which is not what its declared type says.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            names.append(
                String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)))
        }
        return names
    }

    private func readFile(_ path: String, shown: String) -> ManifestFile {
        switch FileContent(of: path, limit: loader.limits.fileBytes) {
        case .bytes(let bytes): loader.load(path: shown, bytes: bytes)
        case .tooLarge(let size): loader.refused(path: shown, byteCount: size)
        case .unreadable(let reason): loader.refused(path: shown, .unreadable, reason)
        }
    }

    private static func shown(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return path == "." ? "" : String(path)
    }
}
