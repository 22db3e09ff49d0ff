internal import Glibc

/// Finds the manifests in a folder, in order.
struct FolderLister: Sendable {
    let folderDepth: Int

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

    func list(_ folder: String, shown: String) throws(FolderReader.Failure) -> [Item] {
        try list(folder, shown: shown, depth: 0)
    }

    /// Folders that are next to each other are listed on all cores.
    private func list(_ folder: String, shown: String, depth: Int) throws(FolderReader.Failure) -> [Item] {
        guard depth <= folderDepth else { return [Item(path: folder, shown: shown, refusal: .tooDeep)] }
        let entries = try entries(of: folder).sorted { $0.name < $1.name }
        func item(_ entry: Entry, _ refusal: Refusal? = nil) -> Item {
            let path = folder == "/" ? "/\(entry.name)" : "\(folder)/\(entry.name)"
            let shownPath = folder == shown ? path : shown.isEmpty ? entry.name : "\(shown)/\(entry.name)"
            return Item(path: path, shown: shownPath, refusal: refusal)
        }
        let folders = entries.filter(\.isFolder)
        guard !folders.isEmpty else { return entries.map { item($0) } }
        let lists = Parallel.map(folders.map { item($0) }) { folder in
            Result { () throws(FolderReader.Failure) in
                try list(folder.path, shown: folder.shown, depth: depth + 1)
            }
        }
        var items: [Item] = []
        var next = lists.makeIterator()
        for entry in entries {
            switch entry.isFolder ? next.next() : nil {
            case nil: items.append(item(entry))
            case .success(let list): items += list
            case .failure(let error): items.append(item(entry, .unreadable(error.reason)))
            }
        }
        return items
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
