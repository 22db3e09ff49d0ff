internal import Glibc
internal import Manifests

/// Writes a file anew as a whole: whoever reads it meanwhile has the old or the new one.
enum FileReplacement {
    struct Refusal: Error {
        let reason: String
    }

    /// Keeps the file's mode, and its owner where that is allowed.
    ///
    /// - Parameter old: what the file must have still.
    static func replace(_ path: String, _ old: [UInt8], with new: [UInt8]) throws(Refusal) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw Refusal(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFLNK: throw Refusal(reason: "a symbolic link: name what it leads to")
        default: throw Refusal(reason: "no regular file")
        }
        // A folder's permission would be enough to replace a file that must not be written.
        guard access(path, W_OK) == 0 else { throw Refusal(errno) }
        try requireUnchanged(path, old)
        var name = Array("\(folder(of: path)).cvlan-fix-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Refusal(errno) }
        do throws(Refusal) {
            defer { close(descriptor) }
            try write(new, to: descriptor)
            // The owner first: it takes bits off the mode.
            if status.st_uid != geteuid() || status.st_gid != getegid() {
                _ = fchown(descriptor, status.st_uid, status.st_gid)
            }
            guard fchmod(descriptor, status.st_mode & 0o7777) == 0, fsync(descriptor) == 0 else { throw Refusal(errno) }
            try requireUnchanged(path, old)
        } catch {
            unlink(name)
            throw error
        }
        guard rename(name, path) == 0 else {
            let refusal = Refusal(errno)
            unlink(name)
            throw refusal
        }
    }

    private static func requireUnchanged(_ path: String, _ old: [UInt8]) throws(Refusal) {
        switch FileContent(of: path, limit: old.count, followsLinks: false) {
        case .bytes(old): break
        case .unreadable(let reason): throw Refusal(reason: reason)
        case .bytes, .tooLarge: throw Refusal.changed
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt) throws(Refusal) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Refusal(errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// With the slash at its end; empty where the path has none.
    private static func folder(of path: String) -> Substring {
        path.lastIndex(of: "/").map { path[...$0] } ?? ""
    }
}

extension FileReplacement.Refusal {
    static let changed = FileReplacement.Refusal(reason: "changed since it was read")

    fileprivate init(_ error: CInt) {
        self.init(reason: String(cString: strerror(error)))
    }
}
