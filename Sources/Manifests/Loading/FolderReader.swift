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
        case S_IFREG:
            return [loader.load(path: shown, Content(FileContent(of: path, limit: loader.limits.fileBytes)))]
        case S_IFDIR:
            return read(try list(path, shown: shown)) { loader.load(path: $0, $1) }
        default: throw Failure(path: path, reason: "neither a file nor a folder")
        }
    }

    /// What is in a file that holds manifests, or why that is not known.
    package enum Content: Sendable, Equatable {
        case bytes([UInt8])
        /// Too large to be read; how many bytes.
        case tooLarge(Int)
        case refused(ManifestProblem.Kind, String)
    }

    /// The content of all manifests in a folder, by path in it, sorted; read on all cores.
    package func contents(of folder: String) throws(Failure) -> [(path: String, content: Content)] {
        read(try list(folder, shown: "")) { ($0, $1) }
    }

    /// Open at the same time: well below what processes may have.
    private static let mostOpen = 256

    /// Of each file what `body` makes of its path and content.
    private func read<Value: Sendable>(
        _ items: [FolderLister.Item], _ body: @Sendable (String, Content) -> Value
    ) -> [Value] {
        Parallel.map(items, mostBegun: Self.mostOpen, begin: open) { item, file in
            body(item.shown, content(item, file))
        }
    }

    /// `nil` for what cannot be opened, or not now: it is tried again when it is its turn.
    private func open(_ item: FolderLister.Item) -> OpenFile? {
        guard item.refusal == nil else { return nil }
        let file = try? OpenFile.opening(item.path, followsLinks: false).get()
        file?.readAhead(limit: loader.limits.fileBytes)
        return file
    }

    private func list(_ folder: String, shown: String) throws(Failure) -> [FolderLister.Item] {
        try FolderLister(folderDepth: loader.limits.folderDepth).list(Self.folder(folder), shown: shown)
    }

    private func content(_ item: FolderLister.Item, _ file: OpenFile?) -> Content {
        let limit = loader.limits.fileBytes
        let content: Content =
            switch item.refusal {
            case nil:
                Content(file?.content(limit: limit) ?? FileContent(of: item.path, limit: limit, followsLinks: false))
            case .unreadable(let reason): .refused(.unreadable, reason)
            case .tooDeep: .refused(.limit, "more than \(loader.limits.folderDepth) folders inside each other")
            }
        // What stands for bytes of another encoding leads nowhere.
        guard case .refused(.unreadable, _) = content, item.shown.unicodeScalars.contains("\u{FFFD}") else {
            return content
        }
        return .refused(.unreadable, "the name is not UTF-8 text: rename it")
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

extension FolderReader.Content {
    fileprivate init(_ content: FileContent) {
        self =
            switch content {
            case .bytes(let bytes): .bytes(bytes)
            case .tooLarge(let size): .tooLarge(size)
            case .unreadable(let reason): .refused(.unreadable, reason)
            }
    }
}

extension ManifestLoader {
    package func load(path: String, _ content: FolderReader.Content) -> ManifestFile {
        switch content {
        case .bytes(let bytes): load(path: path, bytes: bytes)
        case .tooLarge(let size): refused(path: path, byteCount: size)
        case .refused(let kind, let reason): refused(path: path, kind, reason)
        }
    }
}
