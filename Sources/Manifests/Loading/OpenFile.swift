internal import Glibc

/// A regular file that is open. Its content is to be taken once, which closes it.
struct OpenFile: Sendable {
    private let descriptor: CInt
    private let size: Int

    struct Failure: Error {
        /// In the words of the system.
        let reason: String
    }

    /// - Parameter followsLinks: whether the path itself may be a symbolic link.
    static func opening(_ path: String, followsLinks: Bool) -> Result<OpenFile, Failure> {
        // Not blocking: what was a file when it was listed may be a pipe by now.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { return .failure(Failure(reason: FileContent.reason(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return .failure(Failure(reason: "not a file"))
        }
        return .success(OpenFile(descriptor: descriptor, size: Int(status.st_size)))
    }

    /// Lets the system read the file into memory meanwhile. A cold disk is asked for many files at once then, and nobody
    /// goes to sleep and wakes up for each, which takes more time of the processor than to parse a small one.
    func readAhead(limit: Int) {
        if size <= limit { posix_fadvise(descriptor, 0, 0, POSIX_FADV_WILLNEED) }
    }

    /// - Parameter limit: in bytes; what is larger is not read.
    func content(limit: Int) -> FileContent {
        defer { close(descriptor) }
        guard size <= limit else { return .tooLarge(size) }
        var error: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if read < 0, errno == EINTR { continue }
                if read < 0 { error = errno }
                guard read > 0 else { break }
                count += read
            }
        }
        return error == 0 ? .bytes(bytes) : .unreadable(FileContent.reason(error))
    }
}
