internal import Glibc
internal import Sodium

/// Files that are either there whole, or as they were before, whenever the machine stops.
package enum DurableFile {
    /// Writes beside the file, flushes, and renames into place; then flushes the directory.
    /// - Parameter mode: the permissions, whatever the umask.
    package static func write(
        _ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o644
    ) throws(KeyFileError) {
        let temporary = "\(path).\(Hex.encode(Sodium.randomBytes(count: 6))).tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw KeyFileError(errno: errno, path, "cannot create it") }
        do throws(KeyFileError) {
            defer { close(file) }
            try writeAll(Array(bytes), to: file, path)
            guard fchmod(file, mode) == 0, fsync(file) == 0 else {
                throw KeyFileError(errno: errno, path, "cannot flush it")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw KeyFileError(errno: code, path, "cannot rename into place")
        }
        try flushDirectory(of: path)
    }

    /// At most `limit` bytes.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(KeyFileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw KeyFileError(errno: errno, path, "cannot open it") }
        defer { close(file) }
        return try readAll(file, path, limit: limit)
    }

    /// Makes a directory that its owner alone may enter, and those above it that are missing.
    package static func makePrivateDirectory(_ path: String) throws(KeyFileError) {
        if mkdir(path, 0o700) != 0 {
            if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
                try makePrivateDirectory(String(path[..<slash]))
                guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                    throw KeyFileError(errno: errno, path, "cannot make the directory")
                }
            } else if errno != EEXIST {
                throw KeyFileError(errno: errno, path, "cannot make the directory")
            }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw KeyFileError(errno: errno, path, "cannot look at it") }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw KeyFileError(.system, path, "is not a directory") }
    }

    static func flushDirectory(of path: String) throws(KeyFileError) {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw KeyFileError(errno: errno, parent, "cannot open it") }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw KeyFileError(errno: errno, parent, "cannot flush it") }
    }

    static func readAll(_ file: Int32, _ path: String, limit: Int) throws(KeyFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw KeyFileError(errno: errno, path, "cannot read it") }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw KeyFileError(.malformed, path, "is longer than \(limit) bytes") }
        }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32, _ path: String) throws(KeyFileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw KeyFileError(errno: errno, path, "cannot write it") }
            rest = rest.dropFirst(count)
        }
    }
}
