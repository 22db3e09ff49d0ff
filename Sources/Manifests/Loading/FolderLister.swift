internal import Glibc

/// Finds the manifests in a folder, in order.
struct FolderLister {
    let folderDepth: Int
    private(set) var found: [Item] = []

    /// A file to read, or why something cannot be.
    struct Item: Sendable {
        let path: String
        /// As users see it.
        let shown: String
        let refusal: Refusal?
    }

    enum Refusal: Sendable {
        case tooDeep
        case unreadable(String)
    }

    init(folderDepth: Int) {
        self.folderDepth = folderDepth
    }

    mutating func list(_ folder: String, shown: String) throws(FolderReader.Failure) {
        try list(folder, shown: shown, depth: 0)
    }

    private mutating func list(_ folder: String, shown: String, depth: Int) throws(FolderReader.Failure) {
        guard depth <= folderDepth else {
            found.append(Item(path: folder, shown: shown, refusal: .tooDeep))
            return
        }
        for entry in try entries(of: folder).sorted(by: { $0.name < $1.name }) {
            let path = folder == "/" ? "/\(entry.name)" : "\(folder)/\(entry.name)"
            let shownPath = folder == shown ? path : shown.isEmpty ? entry.name : "\(shown)/\(entry.name)"
            guard entry.isFolder else {
                found.append(Item(path: path, shown: shownPath, refusal: nil))
                continue
            }
            do throws(FolderReader.Failure) {
                try list(path, shown: shownPath, depth: depth + 1)
            } catch {
                found.append(Item(path: path, shown: shownPath, refusal: .unreadable(error.reason)))
            }
        }
    }

    private struct Entry {
        let name: String
        let isFolder: Bool
    }

    /// Folders, and files that hold manifests by their name.
    private func entries(of folder: String) throws(FolderReader.Failure) -> [Entry] {
        guard let stream = opendir(folder) else { throw FolderReader.Failure(path: folder, errno: errno) }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let entry = readdir(stream) {
            // `d_name` is as long as it needs to be, which is not what its declared type says.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = String(
                cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
            guard !name.hasPrefix(".") else { continue }
            let isManifest = ManifestLoader.isManifest(path: name)
            switch Int(entry.pointee.d_type) {
            case DT_DIR: entries.append(Entry(name: name, isFolder: true))
            case DT_REG where isManifest: entries.append(Entry(name: name, isFolder: false))
            case DT_UNKNOWN:
                // Some file systems do not say. A file that is gone since is no problem.
                var status = stat()
                guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
                let type = status.st_mode & S_IFMT
                if type == S_IFDIR || (type == S_IFREG && isManifest) {
                    entries.append(Entry(name: name, isFolder: type == S_IFDIR))
                }
            default: break
            }
        }
        return entries
    }
}
