internal import Glibc
internal import Sodium

/// Files that are either there whole, or as they were before, whenever the machine stops.
package enum DurableFile {
    /// Writes beside the file, flushes, and renames into place; then flushes the directory.
    /// - Parameters:
    ///   - mode: the permissions, whatever the umask.
    ///   - replacing: without it, `alreadyExists` is thrown where there is a file.
    package static func write(
        _ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o644, replacing: Bool = true
    ) throws(KeyFileError) {
        try write(SecretBytes(copying: bytes), to: path, mode: mode, replacing: replacing)
    }

    /// The same for bytes of which no copy is to stay in memory.
    static func write(
        _ bytes: SecretBytes, to path: String, mode: UInt32, replacing: Bool = true
    ) throws(KeyFileError) {
        let temporary = "\(path).\(Hex.encode(Sodium.randomBytes(count: 6))).tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw KeyFileError(errno: errno, path, "cannot create it") }
        do throws(KeyFileError) {
            defer { close(file) }
            try writeAll(bytes, to: file, path)
            guard fchmod(file, mode) == 0, fsync(file) == 0 else {
                throw KeyFileError(errno: errno, path, "cannot flush it")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        // link(2) is what refuses where there is a file.
        let status = replacing ? rename(temporary, path) : link(temporary, path)
        let code = errno
        if status != 0 || !replacing { unlink(temporary) }
        guard status == 0 else { throw KeyFileError(errno: code, path, "cannot rename into place") }
        try flushDirectory(of: path)
    }

    /// At most `limit` bytes.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(KeyFileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw KeyFileError(errno: errno, path, "cannot open it") }
        defer { close(file) }
        return try readAll(file, path, limit: limit).withUnsafeBytes { Array($0) }
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

    /// The whole of a regular file whose size does not change meanwhile: files of this kind are replaced, never written to.
    static func readAll(_ file: Int32, _ path: String, limit: Int) throws(KeyFileError) -> SecretBytes {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw KeyFileError(errno: errno, path, "cannot look at it") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw KeyFileError(.malformed, path, "is not a file") }
        guard status.st_size <= limit else { throw KeyFileError(.malformed, path, "is longer than \(limit) bytes") }
        var failure: Int32?
        let bytes = SecretBytes(count: Int(status.st_size)) { out in
            var done = 0
            while done < out.count, failure == nil {
                let count = Glibc.read(file, out.baseAddress?.advanced(by: done), out.count - done)
                if count > 0 {
                    done += count
                } else if count == 0 {
                    failure = ESTALE
                } else if errno != EINTR {
                    failure = errno
                }
            }
        }
        if let failure { throw KeyFileError(errno: failure, path, "cannot read it") }
        return bytes
    }

    private static func writeAll(_ bytes: SecretBytes, to file: Int32, _ path: String) throws(KeyFileError) {
        let failure = bytes.withUnsafeBytes { bytes -> Int32? in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(file, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                if count >= 0 { done += count } else if errno != EINTR { return errno }
            }
            return nil
        }
        if let failure { throw KeyFileError(errno: failure, path, "cannot write it") }
    }
}
